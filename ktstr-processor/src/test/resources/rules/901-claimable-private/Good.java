package acme;

import dev.ktstr.annotations.*;

class OpenHolder {
    @Claimable
    record Seen(int p99Us) {}
}
