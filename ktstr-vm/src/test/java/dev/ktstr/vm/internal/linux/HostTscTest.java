package dev.ktstr.vm.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostTscTest {
    @Test
    void theSpeedIsWholeMegahertzAndNearWhatTheKernelSaysOfItsProcessor() throws IOException {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "only x86-64 has a TSC");
        String flags = Files.readString(Path.of("/proc/cpuinfo"));
        assumeTrue(flags.contains("constant_tsc"), "the TSC of this processor has no fixed speed");

        OptionalInt khz = HostTsc.khz();

        assertThat(khz).isPresent();
        assertThat(khz.getAsInt() % 1000).isZero();
        assertThat(khz.getAsInt()).isBetween(500_000, 10_000_000);
    }

    @Test
    void theMedianOfRatesThatAgreeIsTakenInWholeMegahertz() {
        assertThat(HostTsc.agreed(2.5961, 2.5957, 2.5962)).hasValue(2_596_000);
    }

    @Test
    void aHostKeepsTimeByItWhereItsKernelSaysSo(@TempDir Path temp) throws IOException {
        Path clockSource = temp.resolve("current_clocksource");
        assertThat(HostTsc.keepsTime(clockSource)).isFalse();
        assertThat(HostTsc.keepsTime(Files.writeString(clockSource, "tsc\n"))).isTrue();
        assertThat(HostTsc.keepsTime(Files.writeString(clockSource, "hpet\n"))).isFalse();
    }

    @Test
    void ratesThatDisagreeAreNoMeasurement() {
        assertThat(HostTsc.agreed(2.596, 2.596, 2.4)).isEmpty();
        assertThat(HostTsc.agreed(0, 0, 0)).isEmpty();
    }
}
