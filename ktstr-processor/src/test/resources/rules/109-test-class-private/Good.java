package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class PrivateClassGood {
    protected static class Visible {
        @KtstrTest
        void inVisible(Ctx ctx) {}
    }
}
