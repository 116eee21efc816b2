package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.host.HostMemory;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PerformanceModeTest {
    private static final Options NONE = new Options(name -> null, name -> null);
    private static final Options OFF = new Options(Map.of("ktstr.noPerfMode", "true")::get, name -> null);
    private static final Shape PINNED = Shape.base(TestEntries.of("acme.T#isPinned"));

    private static Host host(int cpus) {
        return new Host(cpus, new HostMemory(64 << 10, "a test"), true);
    }

    private static Optional<String> skip(int cpus, Options options) {
        return Applicability.on(host(cpus), PINNED, Optional.empty(), options);
    }

    @Test
    void aHostThatHasNotOneCpuMoreThanTheGuestIsASkipThatSaysSo() {
        assertThat(skip(3, NONE)).isEmpty();
        assertThat(skip(2, NONE))
                .hasValue(
                        "performanceMode needs 3 CPUs of the host: one for each of the 2 vCPUs of 1n1l2c1t, and one for"
                                + " everything else. This process may use 2. -Dktstr.noPerfMode=true runs it without pinning");
        assertThat(Applicability.withoutHost(PINNED, Optional.empty())).isEmpty();
    }

    @Test
    void withoutItTheTestRunsAndTheResultSaysThatItsFiguresAreOthers() {
        assertThat(skip(1, OFF)).isEmpty();
        assertThat(PerformanceMode.note(PINNED, OFF).orElseThrow()).contains("-Dktstr.noPerfMode");
        assertThat(PerformanceMode.note(PINNED, NONE)).isEmpty();
        assertThat(PerformanceMode.wanted(PINNED, OFF)).isFalse();
        assertThat(PerformanceMode.wanted(Shape.base(TestEntries.of("acme.T#plain")), NONE))
                .isFalse();
    }
}
