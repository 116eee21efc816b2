package dev.ktstr.vm.sched;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.btf.Btf;
import dev.ktstr.vm.btf.BtfKind;
import dev.ktstr.vm.btf.BtfWriter;
import dev.ktstr.vm.kernel.ChangingMemory;
import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import dev.ktstr.vm.kernel.SparseMemory;
import dev.ktstr.vm.kernel.SyntheticKernel;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Samples of 128 runqueues that a test has laid out. */
class MonitorTest {
    private static final int CPUS = 128;
    private static final int AREA = 0x10000;
    private static final long PHYSICAL = 2 << 20;
    private static final long DIRECT = 0xffff888000000000L;

    private final SparseMemory ram = new SparseMemory(32 << 20);
    private KernelStructs structs;

    @BeforeEach
    void lay() {
        new SyntheticKernel(ram, PHYSICAL, 0, DIRECT, 4);
        ram.putIntRelease(PHYSICAL + SyntheticKernel.NR_CPUS, CPUS);
        ram.putLongRelease(PHYSICAL + SyntheticKernel.POSSIBLE, -1);
        ram.putLongRelease(PHYSICAL + SyntheticKernel.POSSIBLE + 8, -1);
        for (int cpu = 0; cpu < CPUS; cpu++) {
            long rq = (16 << 20) + (long) cpu * AREA;
            ram.putLongRelease(
                    PHYSICAL + SyntheticKernel.PER_CPU_OFFSET + 8L * cpu,
                    DIRECT + rq - (SyntheticKernel.LINKED + SyntheticKernel.RUNQUEUES));
            ram.putIntRelease(rq, cpu);
            ram.putLongRelease(rq + 8, DIRECT + 0x1000);
            ram.putLongRelease(rq + 16, cpu % 2 == 0 ? DIRECT + 0x1000 : DIRECT + 0x2000);
            ram.putIntRelease(rq + 4, cpu % 2 * 3);
            ram.putLongRelease(rq + 24, 1000 + cpu);
            ram.putLongRelease(rq + 32, 5_000_000_000L + cpu);
            ram.putIntRelease(rq + 40, cpu % 2 * 2);
            ram.putIntRelease(rq + 44, 0x11);
            ram.putIntRelease(rq + 48, cpu);
        }
        structs = new KernelStructs(KernelMemory.open(ram, SyntheticKernel.symbols()), types());
    }

    private static Btf types() {
        BtfWriter w = new BtfWriter();
        int u32 = w.integer("u32", 4, false);
        int u64 = w.integer("u64", 8, false);
        int dsq = w.type("scx_dispatch_q", BtfKind.STRUCT, false, 1, 4, w.name("nr"), u32, 0);
        int scx = w.type(
                "scx_rq",
                BtfKind.STRUCT,
                false,
                3,
                12,
                w.name("nr_running"),
                u32,
                0,
                w.name("flags"),
                u32,
                32,
                w.name("local_dsq"),
                dsq,
                64);
        w.type(
                "rq",
                BtfKind.STRUCT,
                false,
                7,
                56,
                w.name("cpu"),
                u32,
                0,
                w.name("nr_running"),
                u32,
                32,
                w.name("idle"),
                u64,
                64,
                w.name("curr"),
                u64,
                128,
                w.name("nr_switches"),
                u64,
                192,
                w.name("clock"),
                u64,
                256,
                w.name("scx"),
                scx,
                320);
        return Btf.parse(w.bytes());
    }

    @Test
    void everyCpuIsReadAsItWasLaidOut() {
        MonitorSample sample = new Monitor(structs).sample();
        assertThat(sample.absent()).isEmpty();
        assertThat(sample.cpus()).hasSize(CPUS).allMatch(RunqueueSample::consistent);
        RunqueueSample odd = sample.cpus().get(77);
        assertThat(odd.cpu()).isEqualTo(77);
        assertThat(odd.nrRunning()).isEqualTo(3);
        assertThat(odd.idle()).isFalse();
        assertThat(odd.clockNs()).isEqualTo(5_000_000_077L);
        assertThat(odd.nrSwitches()).isEqualTo(1077);
        assertThat(odd.scx()).contains(new RunqueueSample.Scx(2, 77, 0x11));
        assertThat(sample.cpus().get(78).idle()).isTrue();
    }

    @Test
    void whatTheKernelDoesNotKeepIsAbsentNotZero() {
        Monitor monitor = new Monitor(structs);
        assertThat(monitor.hasEvents()).isFalse();
        assertThat(monitor.sample().events()).isEmpty();
        assertThat(monitor.sample().cpus().get(0).schedstat()).isEmpty();
        assertThat(new ScxWatchdog(structs).address()).isEmpty();
        assertThat(new ScxWatchdog(structs).place()).startsWith("nowhere");
        assertThat(new ScxWatchdog(structs).write(Duration.ofSeconds(1))).isFalse();
    }

    @Test
    void aRunqueueThatIsNotSetUpIsToldFromAnIdleOne() {
        ram.putLongRelease((16 << 20) + 5L * AREA + 8, 0);
        ram.putIntRelease((16 << 20) + 6L * AREA, 0);
        ram.putLongRelease(PHYSICAL + SyntheticKernel.PER_CPU_OFFSET + 8L * 7, 0);
        ram.putLongRelease(PHYSICAL + SyntheticKernel.PER_CPU_OFFSET + 8L * 8, 0x4141414141414141L);
        MonitorSample sample = new Monitor(structs).sample();
        assertThat(sample.absent()).containsExactly(5, 6, 7, 8);
        assertThat(sample.cpus()).hasSize(CPUS - 4);
    }

    @Test
    void aRunqueueThatChangesAtEveryLookIsReadThriceAndMarked() {
        ChangingMemory changing = new ChangingMemory(ram);
        KernelStructs moving = new KernelStructs(KernelMemory.open(changing, SyntheticKernel.symbols()), structs.btf());
        long clock = (16 << 20) + 3L * AREA + 32;
        changing.after(clock, () -> ram.putLongRelease(clock, ram.getLongAcquire(clock) + 1000));
        MonitorSample sample = new Monitor(moving).sample();
        assertThat(sample.cpus().get(3).consistent()).isFalse();
        assertThat(sample.cpus().get(3).clockNs()).isBetween(5_000_000_003L, 5_000_006_003L);
        assertThat(changing.looks()).isEqualTo(6);
        assertThat(sample.cpus().get(4).consistent()).isTrue();
    }
}
