package acme;

import dev.ktstr.annotations.*;

@Claimable
class Telling {
    int count() {
        return 0;
    }
}
