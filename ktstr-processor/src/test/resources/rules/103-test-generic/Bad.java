package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class GenericBad {
    @KtstrTest
    <T extends Comparable<T>> void typed(Ctx ctx) {}
}
