package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class InnerBad {
    class Inner {
        @KtstrTest
        void needsOuter(Ctx ctx) {}

        class Deeper {
            @KtstrTest
            void needsBoth(Ctx ctx) {}
        }
    }

    static class Nested {
        class InNested {
            @KtstrTest
            void needsNested(Ctx ctx) {}
        }
    }
}
