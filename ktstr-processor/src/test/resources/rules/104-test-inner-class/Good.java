package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class InnerGood {
    static class Nested {
        @KtstrTest
        void inNested(Ctx ctx) {}

        static class Deeper {
            @KtstrTest
            void inDeeper(Ctx ctx) {}
        }
    }
}
