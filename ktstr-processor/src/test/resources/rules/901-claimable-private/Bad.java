package acme;

import dev.ktstr.annotations.*;

class Holder {
    @Claimable
    private record Hidden(int p99Us) {}

    private static final class Inside {
        @Claimable
        record Deep(int p99Us) {}
    }
}
