package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class SuspendBad {
    @KtstrTest
    Object waits(Ctx ctx, kotlin.coroutines.Continuation<? super AssertResult> done) {
        return done;
    }
}
