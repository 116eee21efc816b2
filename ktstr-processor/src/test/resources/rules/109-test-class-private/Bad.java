package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class PrivateClassBad {
    private static class Hidden {
        @KtstrTest
        static void inHidden(Ctx ctx) {}

        static class Below {
            @KtstrTest
            static void belowHidden(Ctx ctx) {}
        }
    }
}
