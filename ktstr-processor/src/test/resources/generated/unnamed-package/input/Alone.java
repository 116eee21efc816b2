import dev.ktstr.Ctx;
import dev.ktstr.annotations.KtstrTest;

class Alone {
    @KtstrTest
    void ctx(Ctx ctx) {}
}
