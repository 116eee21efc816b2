package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.host.HostMemory;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostTest {
    private static final HostMemory PLENTY = new HostMemory(64 << 10, "a test");
    private static final Options NONE = new Options(name -> null, name -> null);

    @Test
    void cpusMayBeOvercommittedMoreWhereTheyAreEmulated() {
        CpuTopology sixteen = CpuTopology.parse("1n4l4c1t");
        assertThat(new Host(2, PLENTY, false).refuses(sixteen, 2048, NONE)).isEmpty();
        assertThat(new Host(2, PLENTY, true).refuses(sixteen, 2048, NONE))
                .hasValueSatisfying(reason -> assertThat(reason)
                        .startsWith("needs 16 vCPUs, and this host's 2 CPUs take at most 4 (2 per CPU, with KVM)")
                        .endsWith("-Dktstr.maxOvercommit=8 runs it all the same"));
        assertThat(new Host(2, PLENTY, false).refuses(CpuTopology.parse("1n1l17c1t"), 2048, NONE))
                .isPresent();
    }

    @Test
    void theLimitIsAnOption() {
        Options eight = new Options(Map.of("ktstr.maxOvercommit", "8")::get, name -> null);
        assertThat(new Host(2, PLENTY, true).refuses(CpuTopology.parse("1n4l4c1t"), 2048, eight))
                .isEmpty();
        Options bad = new Options(Map.of("ktstr.maxOvercommit", "lots")::get, name -> null);
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> new Host(2, PLENTY, true).refuses(CpuTopology.parse("1n1l1c1t"), 64, bad))
                .withMessageContaining("-Dktstr.maxOvercommit=lots");
    }

    @Test
    void aGuestLargerThanWhatIsLeftIsRefusedWithTheLimit() {
        HostMemory little = new HostMemory(768, "memory.max of /sys/fs/cgroup/ci is 1024 MiB");
        assertThat(new Host(64, little, false).refuses(CpuTopology.parse("1n1l4c1t"), 2048, NONE))
                .hasValue("needs 2048 MiB of RAM, and this host has 768 MiB left"
                        + " (memory.max of /sys/fs/cgroup/ci is 1024 MiB)");
    }
}
