package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

class PrivateBad {
    @KtstrTest
    private void hidden(Ctx ctx) {}
}
