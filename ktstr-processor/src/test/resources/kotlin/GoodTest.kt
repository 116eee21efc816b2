package acme

import dev.ktstr.AssertResult
import dev.ktstr.Ctx
import dev.ktstr.annotations.KtstrTest

class GoodTest {
    @KtstrTest(llcs = 2, maxLlcs = 2)
    fun mixedWorkloads(ctx: Ctx): AssertResult = AssertResult()

    @KtstrTest
    fun quiet(ctx: Ctx) {}
}

@KtstrTest
fun ofTheFile(ctx: Ctx) {}
