package acme;

import dev.ktstr.annotations.*;

@Claimable
class Mute {
    void start() {}

    int at(int index) {
        return index;
    }

    static int count() {
        return 0;
    }

    @Override
    public String toString() {
        return "";
    }
}
