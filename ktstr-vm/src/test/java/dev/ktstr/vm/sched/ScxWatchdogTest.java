package dev.ktstr.vm.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfWriter;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.kernel.SparseMemory;
import dev.ktstr.vm.kernel.SyntheticKernel;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The watchdog of a kernel that never ran, with a tick of 4 ms. */
class ScxWatchdogTest {
    private static final long PHYSICAL = 2 << 20;
    private static final long DIRECT = 0xffff888000000000L;
    private static final long TIMEOUT = 0xa000;
    private static final long INTERVAL = 0xa008;
    private static final long STAMP = 0xa010;
    private static final long JIFFIES = 0xa018;
    private static final long CLOCK = 0xa020;

    private final SparseMemory ram = new SparseMemory(32 << 20);
    private final ScxWatchdog watchdog = watchdog();

    private ScxWatchdog watchdog() {
        new SyntheticKernel(ram, PHYSICAL, 0, DIRECT, 4);
        BtfWriter w = new BtfWriter();
        int u32 = w.integer("u32", 4, false);
        w.type("clocksource", BtfKind.STRUCT, false, 2, 8, w.name("mult"), u32, 0, w.name("shift"), u32, 32);
        ram.putIntRelease(PHYSICAL + CLOCK, 4_000_000 << 8);
        ram.putIntRelease(PHYSICAL + CLOCK + 4, 8);
        KernelMemory memory = KernelMemory.open(
                ram,
                SyntheticKernel.symbols(Map.of(
                        "scx_watchdog_timeout",
                        TIMEOUT,
                        "scx_watchdog_interval",
                        INTERVAL,
                        "scx_watchdog_timestamp",
                        STAMP,
                        "jiffies_64",
                        JIFFIES,
                        "clocksource_jiffies",
                        CLOCK)));
        put(JIFFIES, 100_000);
        put(STAMP, 99_000);
        put(TIMEOUT, 5000);
        put(INTERVAL, 2500);
        return new ScxWatchdog(new KernelStructs(memory, Btf.parse(w.bytes())));
    }

    private void put(long at, long value) {
        ram.putLongRelease(PHYSICAL + at, value);
    }

    private long get(long at) {
        return ram.getLongAcquire(PHYSICAL + at);
    }

    @Test
    void theLimitIsInJiffiesOfTheKernelsTick() {
        assertThat(watchdog.hz()).hasValue(250);
        assertThat(watchdog.read()).contains(Duration.ofSeconds(20));
    }

    @Test
    void aLongerLimitLeavesTheLastLookWhereItWas() {
        assertThat(watchdog.write(Duration.ofSeconds(40))).isTrue();
        assertThat(get(TIMEOUT)).isEqualTo(10_000);
        assertThat(get(INTERVAL)).isEqualTo(5000);
        assertThat(get(STAMP)).isEqualTo(99_000);
    }

    @Test
    void aShorterLimitLetsTheNextLookStillComeInItsOldTime() {
        assertThat(watchdog.write(Duration.ofSeconds(2))).isTrue();
        assertThat(get(TIMEOUT)).isEqualTo(500);
        assertThat(get(INTERVAL)).isEqualTo(250);
        // The next look is at most 2500 jiffies away; a tick until then must not find it overdue by 500.
        assertThat(get(STAMP)).isEqualTo(102_500);
    }
}
