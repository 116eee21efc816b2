package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.WorkType;
import dev.ktstr.kernel.KernelImage;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScenarioOptionsTest {
    private static Variant variant(String id, String kernel) {
        Path none = Path.of("none");
        return new Variant(
                TestEntries.of(id, "tiny-2llc"),
                new KernelImage(kernel, kernel, none, none, null, null, "0".repeat(64), "a test", null));
    }

    private static ScenarioOptions of(Map<String, String> properties, Variant variant) {
        return ScenarioOptions.of(new Options(properties::get, name -> null), variant);
    }

    @Test
    void aRerunAndAnotherKernelHaveTheSameSeedAndAnotherTestHasAnother() {
        long seed = of(Map.of(), variant("acme.T#m", "6.12")).seed();
        assertThat(seed).isBetween(0L, 1L << 48);
        assertThat(of(Map.of(), variant("acme.T#m", "7.2")).seed()).isEqualTo(seed);
        assertThat(of(Map.of(), variant("acme.T#n", "6.12")).seed()).isNotEqualTo(seed);
    }

    @Test
    void theSeedAndTheWorkMayBeGiven() {
        ScenarioOptions given =
                of(Map.of("ktstr.seed", "42", "ktstr.workType", "FutexFanOut(fanOut=8)"), variant("acme.T#m", "6.12"));
        assertThat(given.seed()).isEqualTo(42);
        assertThat(given.workType()).hasValue(WorkType.futexFanOut(8));
    }

    @Test
    void whatCannotBeReadIsRefusedWithTheOption() {
        refused(Map.of("ktstr.seed", "-1"), "-Dktstr.seed=-1 is not a whole number of 0 or more");
        refused(Map.of("ktstr.seed", "x"), "-Dktstr.seed=x is not a whole number of 0 or more");
        refused(Map.of("ktstr.workType", "Spin"), "-Dktstr.workType=Spin: there is no work type 'Spin'");
    }

    private static void refused(Map<String, String> properties, String why) {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> of(properties, variant("acme.T#m", "6.12")))
                .withMessageContaining(why);
    }
}
