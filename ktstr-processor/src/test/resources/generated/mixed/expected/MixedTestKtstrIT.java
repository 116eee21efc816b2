package acme;

import dev.ktstr.junit.KtstrRunner;
import dev.ktstr.junit.KtstrVariant;
import dev.ktstr.junit.KtstrVariants;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;

@Generated("dev.ktstr.processor.KtstrProcessor")
class MixedTestKtstrIT {
    @KtstrVariants(
            test = "acme.MixedTest#mixedWorkloads"
    )
    @DisplayName("ktstr/mixedWorkloads")
    void mixedWorkloads(KtstrVariant variant) throws Throwable {
        KtstrRunner.run(variant, ctx -> new MixedTest().mixedWorkloads(ctx));
    }

    @KtstrVariants(
            test = "acme.MixedTest#demoStall"
    )
    @DisplayName("ktstr/demoStall")
    @Tag("demo")
    void demoStall(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> new MixedTest().demoStall(ctx));
    }

    @KtstrVariants(
            test = "acme.MixedTest#eevdf"
    )
    @DisplayName("ktstr/eevdf")
    @Disabled("ignore = true on acme.MixedTest#eevdf")
    void eevdf(KtstrVariant variant) throws Throwable {
        KtstrRunner.run(variant, ctx -> MixedTest.eevdf(ctx));
    }
}
