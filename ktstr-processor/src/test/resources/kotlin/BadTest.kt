package acme

import dev.ktstr.AssertResult
import dev.ktstr.Ctx
import dev.ktstr.annotations.KtstrTest

class BadTest {
    @KtstrTest
    suspend fun waits(ctx: Ctx): AssertResult = AssertResult()

    @KtstrTest
    fun counts(ctx: Ctx, times: Int): AssertResult = AssertResult()
}

object Holder {
    @KtstrTest
    fun ofAnObject(ctx: Ctx) {}
}
