package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class GenericGood<T extends Comparable<T>> {
    @KtstrTest
    void inGenericClass(Ctx ctx) {}
}
