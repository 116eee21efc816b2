package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.guest.wire.Wake;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.host.HostSlots;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TemplateOptionsTest {
    /** A backend that can neither run nor fork anything. */
    private static final Backend NONE = new Backend() {
        @Override
        public String name() {
            return "none";
        }

        @Override
        public Availability availability() {
            return new Availability(false, "a stand-in");
        }

        @Override
        public VirtualMachine start(VmSpec spec) {
            throw new AssertionError("not asked for");
        }
    };

    private static Options options(Map<String, String> set) {
        return new Options(set::get, name -> null);
    }

    private static Wake wake(Map<String, String> set) {
        return new GuestTemplates(NONE, options(set)).wake();
    }

    @Test
    void everyWakeUpHasTheTimeAndRandomnessOfItsOwn() {
        Wake one = wake(Map.of());
        Wake two = wake(Map.of());
        Instant wall = Instant.ofEpochSecond(0, one.wallNs());
        assertThat(Duration.between(wall, Instant.now()).abs()).isLessThan(Duration.ofSeconds(30));
        assertThat(one.entropy().length()).isEqualTo(64);
        assertThat(one.entropy()).isNotEqualTo(two.entropy());
        assertThat(one.delayNs()).isBetween(0L, 5_000_000L).isNotEqualTo(two.delayNs());
    }

    @Test
    void aSeedAsksForTheSameAgain() {
        Wake one = wake(Map.of("ktstr.template.seed", "7"));
        Wake two = wake(Map.of("ktstr.template.seed", "7"));
        assertThat(one.entropy()).isEqualTo(two.entropy());
        assertThat(one.delayNs()).isEqualTo(two.delayNs());
        assertThat(wake(Map.of("ktstr.template.seed", "8")).entropy()).isNotEqualTo(one.entropy());
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> wake(Map.of("ktstr.template.seed", "x")))
                .withMessageContaining("-Dktstr.template.seed=x");
    }

    @Test
    void aModeOrBudgetThatIsNoneIsRefusedWithTheOptionsName() {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> wake(Map.of("ktstr.template", "sometimes")))
                .withMessageContaining("-Dktstr.template=sometimes")
                .withMessageContaining("on, off, memory, disk");
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> wake(Map.of("ktstr.template.budget", "0")))
                .withMessageContaining("-Dktstr.template.budget=0");
    }

    @Test
    void aGuestWhoseKernelComplainedIsNoTemplate() {
        assertThat(GuestTemplates.sound(console("[    0.0] Linux version 7.2.13\n[    1.0] ktstr\n")))
                .isTrue();
        for (String trouble : new String[] {
            "WARNING: CPU: 0 PID: 1 at kernel/x.c:1",
            "BUG: kernel NULL pointer dereference",
            "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks",
            "watchdog: BUG: soft lockup - CPU#1 stuck for 22s!",
            "clocksource: timekeeping watchdog: Marking clocksource 'tsc' as unstable",
            "INFO: task init:1 blocked for more than 120 seconds."
        }) {
            assertThat(GuestTemplates.sound(console("[    0.5] " + trouble + "\n")))
                    .as(trouble)
                    .isFalse();
        }
    }

    private static byte[] console(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void theHostsCpusAreTheLimitUnlessANumberIsGiven() {
        int cpus = Runtime.getRuntime().availableProcessors();
        assertThat(limits(Map.of())).isEqualTo(new HostSlots.Limits(Integer.MAX_VALUE, cpus));
        assertThat(limits(Map.of("ktstr.parallel.overcommit", "2.0")))
                .isEqualTo(new HostSlots.Limits(Integer.MAX_VALUE, 2 * cpus));
        assertThat(limits(Map.of("ktstr.parallel", "3"))).isEqualTo(new HostSlots.Limits(3, Integer.MAX_VALUE));
        assertThat(NONE.hostCpus(CpuTopology.parse("1n1l64c1t"))).isEqualTo(Math.min(64, cpus));
        for (String bad : new String[] {"0", "-1", "many", "NaN"}) {
            assertThatExceptionOfType(RunException.class)
                    .isThrownBy(() -> limits(Map.of("ktstr.parallel.overcommit", bad)))
                    .withMessageContaining("-Dktstr.parallel.overcommit=" + bad);
        }
    }

    private static HostSlots.Limits limits(Map<String, String> set) {
        return new Parallel(NONE, options(set)).limits();
    }
}
