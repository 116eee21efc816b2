package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.Ctx;
import dev.ktstr.PayloadResult;
import dev.ktstr.annotations.KtstrTest;

/** Programs instead of workers, and beside them. */
class PayloadTest {
    /** The payload is all there is to it: it runs, and its checks judge. */
    @KtstrTest(cores = 4, durationS = 20, payload = WakeBench.class, workloads = StressNg.class)
    void wakesUpBesideStress(Ctx ctx) {}

    /** A payload beside the workers of a scenario. */
    @KtstrTest(cores = 4, durationS = 5, workloads = StressNg.class)
    AssertResult workersBesideStress(Ctx ctx) {
        return ctx.executeDefs(CgroupDef.named("workers").workers(2));
    }

    /** The body may run payloads itself, with other arguments, and look at what came of them. */
    @KtstrTest(cores = 2, durationS = 20)
    AssertResult readsTwice(Ctx ctx) {
        PayloadResult first = ctx.payload(Fio.class).run();
        PayloadResult second =
                ctx.payload(Fio.class).args("--output-format=json", "--bs=64k", "/include-files/reads.fio").run();
        return first.result().and(second.result());
    }
}
