package acme;

import dev.ktstr.junit.KtstrRunner;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Generated("dev.ktstr.processor.KtstrProcessor")
class MixedTestKtstrIT {
    @Test
    @DisplayName("ktstr/mixedWorkloads")
    void mixedWorkloads() throws Throwable {
        KtstrRunner.run("acme.MixedTest#mixedWorkloads", ctx -> new MixedTest().mixedWorkloads(ctx));
    }

    @Test
    @DisplayName("ktstr/demoStall")
    @Tag("demo")
    void demoStall() throws Throwable {
        KtstrRunner.runVoid("acme.MixedTest#demoStall", ctx -> new MixedTest().demoStall(ctx));
    }

    @Test
    @DisplayName("ktstr/eevdf")
    @Disabled("ignore = true on acme.MixedTest#eevdf")
    void eevdf() throws Throwable {
        KtstrRunner.run("acme.MixedTest#eevdf", ctx -> MixedTest.eevdf(ctx));
    }
}
