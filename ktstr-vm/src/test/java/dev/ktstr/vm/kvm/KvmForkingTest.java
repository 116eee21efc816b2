package dev.ktstr.vm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.ForkingContract;
import dev.ktstr.vm.MicroGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.internal.linux.CpuState;
import dev.ktstr.vm.internal.linux.HostTsc;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class KvmForkingTest extends ForkingContract {
    private static final long TSC_AT = 0x200000;
    private static final long COUNT_AT = 0x200008;
    private static final long GAP_NS = 400_000_000;

    /** What is set again only when the fork runs. */
    private static final Set<String> TIME = Set.of("LAPIC", "MSRS", "CLOCK", "PIT2");

    /**
     * <pre>
     * c7 05 f0 00 e0 fe ff 01 00 00    movl $0x1ff,0xfee000f0        APIC on
     * c7 05 e0 03 e0 fe 0a 00 00 00    movl $0xa,0xfee003e0          its timer: 128 bus cycles of 1 ns to a count
     * c7 05 20 03 e0 fe 20 00 01 00    movl $0x10020,0xfee00320      one shot, masked
     * c7 05 80 03 e0 fe ff ff ff ff    movl $0xffffffff,0xfee00380   from here down
     * 0f 31                        1:  rdtsc
     * a3 00 00 20 00                   mov  %eax,0x200000
     * 89 15 04 00 20 00                mov  %edx,0x200004
     * a1 90 03 e0 fe                   mov  0xfee00390,%eax          what is left
     * a3 08 00 20 00                   mov  %eax,0x200008
     * eb e7                            jmp  1b
     * </pre>
     */
    private static final String CLOCKS = "c705f000e0feff010000" + "c705e003e0fe0a000000" + "c7052003e0fe20000100"
            + "c7058003e0feffffffff" + "0f31" + "a300002000" + "891504002000" + "a19003e0fe" + "a308002000" + "ebe7";

    @BeforeAll
    static void assumeDevice() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "SKIPPED: this host has no /dev/kvm that opens");
    }

    @Override
    protected Backend backend() {
        return new KvmBackend();
    }

    /** The guest panics by a triple fault, where a KVM that emulates stops. */
    @Override
    @Test
    protected void theConsoleOfAForkBeginsWithWhatTheSavedGuestHadPrinted() throws IOException {
        assumeTrue(KvmProbe.probe().usable(), "SKIPPED: " + KvmProbe.probe().detail());
        super.theConsoleOfAForkBeginsWithWhatTheSavedGuestHadPrinted();
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectories(temp.resolve(name));
    }

    private static long tsc(VirtualMachine vm) {
        return vm.memory().getLongAcquire(TSC_AT);
    }

    private static long left(VirtualMachine vm) {
        return vm.memory().getIntAcquire(COUNT_AT) & 0xffffffffL;
    }

    @Test
    void timeStampCounterAndApicTimerGoOnFromWhereTheyStood() throws IOException {
        VmSpec spec = TinyGuest.spec(folder("first"), "1n1l2c1t", CLOCKS);
        Saved saved;
        long tsc;
        long left;
        try (VirtualMachine first = backend().start(spec)) {
            MicroGuest.until("the timer runs", () -> left(first) != 0 && left(first) < 0xffff0000L);
            saved = save(first);
            tsc = tsc(first);
            left = left(first);
            long over = System.nanoTime() + GAP_NS;
            while (System.nanoTime() < over) {
                LockSupport.parkNanos(GAP_NS);
            }
            try (VirtualMachine fork = forking().fork(spec(spec, "fork"), saved)) {
                long from = System.nanoTime();
                fork.resume();
                MicroGuest.until("the fork reads its clocks", () -> tsc(fork) != tsc && left(fork) != left);
                fork.freeze();
                long passedNs = System.nanoTime() - from;
                assertThat((left - left(fork)) * 128.0).isBetween(0.0, passedNs + GAP_NS / 4.0);
                // A KVM that emulates shows the host's own counter to all, and takes no other.
                if (KvmProbe.probe().usable()) {
                    assertClocksAreContinuous(saved, state(fork), passedNs);
                    assertThat((tsc(fork) - tsc) * 1e6 / khz()).isBetween(0.0, passedNs + GAP_NS / 4.0);
                }
            }
        }
    }

    private static void assertClocksAreContinuous(Saved saved, KvmState now, long passedNs) throws IOException {
        KvmState then = KvmState.decode(saved.devices);
        long first = CpuState.tsc(now.cpus().get(0));
        double tscNs = (first - CpuState.tsc(then.cpus().get(0))) * 1e6 / khz();
        assertThat(tscNs).isBetween(0.0, passedNs + GAP_NS / 4.0);
        assertThat((CpuState.tsc(now.cpus().get(1)) - first) * 1e6 / khz()).isBetween(0.0, GAP_NS / 4.0);
        GuestClock was = GuestClock.decode(then.machine().get("CLOCK"));
        GuestClock is = GuestClock.decode(now.machine().get("CLOCK"));
        assertThat((is.tsc() - was.tsc()) * 1e6 / khz() - (is.ns() - was.ns()))
                .as("how far the clocks have moved apart")
                .isBetween(-100_000.0, 100_000.0);
    }

    private static long khz() {
        return HostTsc.khz().orElseThrow();
    }

    private VmSpec spec(VmSpec like, String name) throws IOException {
        return new VmSpec(
                like.kernel(), like.initramfs(), like.topology(), like.memoryMb(), like.kernelArgs(), folder(name));
    }

    /** The state of a fork that has not run; its RAM cannot be had, which comes last. */
    private KvmState state(VirtualMachine fork) {
        Saved again = new Saved();
        assertThatExceptionOfType(VmException.class)
                .isThrownBy(() -> forking().save(fork, again))
                .withMessageContaining("is itself a fork");
        try {
            return KvmState.decode(again.devices);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static byte[] with(byte[] part, int at, long value) {
        byte[] changed = part.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(at, value);
        return changed;
    }

    @Test
    void everyRegisterComesBack() throws IOException {
        VmSpec spec = TinyGuest.spec(folder("first"), "1n1l2c1t", "ebfe");
        Saved saved;
        try (VirtualMachine first = backend().start(spec)) {
            saved = save(first);
        }
        KvmState taken = KvmState.decode(saved.devices);
        Map<String, byte[]> cpu = new LinkedHashMap<>(taken.cpus().get(0));
        cpu.put("REGS", with(cpu.get("REGS"), 8 * 8, 0x1122334455667788L)); // r8
        cpu.put("DEBUGREGS", with(cpu.get("DEBUGREGS"), 0, 0x123456L)); // DR0
        byte[] fpu = with(cpu.get("XSAVE"), 160, 0xfeedbeefL); // XMM0, and that the SSE part is in use
        fpu[512] |= 2;
        cpu.put("XSAVE", fpu);
        saved.devices = new KvmState(taken.machine(), List.of(cpu, taken.cpus().get(1))).encode();
        try (VirtualMachine fork = forking().fork(spec(spec, "fork"), saved)) {
            KvmState state = state(fork);
            assertThat(state.machine().keySet()).isEqualTo(taken.machine().keySet());
            for (String name : state.machine().keySet()) {
                if (!TIME.contains(name)) {
                    assertThat(state.machine().get(name))
                            .as(name)
                            .isEqualTo(taken.machine().get(name));
                }
            }
            for (String name : cpu.keySet()) {
                if (!TIME.contains(name)) {
                    assertThat(state.cpus().get(0).get(name)).as(name).isEqualTo(cpu.get(name));
                    assertThat(state.cpus().get(1).get(name))
                            .as("second vCPU's %s", name)
                            .isEqualTo(taken.cpus().get(1).get(name));
                }
            }
        }
    }

    @Test
    void modelSpecificRegistersComeBack() throws IOException {
        VmSpec spec = TinyGuest.spec(folder("first"), "1n1l1c1t", "ebfe");
        Saved saved;
        try (VirtualMachine first = backend().start(spec)) {
            saved = save(first);
        }
        KvmState taken = KvmState.decode(saved.devices);
        int lstar = 0xc0000082;
        Map<String, byte[]> cpu = new LinkedHashMap<>(taken.cpus().get(0));
        cpu.put("MSRS", with(cpu.get("MSRS"), at(cpu.get("MSRS"), lstar), 0x1234567890L));
        saved.devices = new KvmState(taken.machine(), List.of(cpu)).encode();
        try (VirtualMachine fork = forking().fork(spec(spec, "fork"), saved)) {
            byte[] msrs = state(fork).cpus().get(0).get("MSRS");
            assertThat(ByteBuffer.wrap(msrs).order(ByteOrder.LITTLE_ENDIAN).getLong(at(msrs, lstar)))
                    .isEqualTo(0x1234567890L);
        }
    }

    /** Where the value of a register stands in the pairs. */
    private static int at(byte[] msrs, int index) {
        ByteBuffer pairs = ByteBuffer.wrap(msrs).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < msrs.length; at += 12) {
            if (pairs.getInt(at) == index) {
                return at + 4;
            }
        }
        throw new AssertionError("MSR " + Integer.toHexString(index) + " is not there");
    }

    @Test
    void aForkCopiesNothingOfItsRamBeforeItWrites() throws IOException {
        VmSpec spec = TinyGuest.spec(folder("first"), "1n1l1c1t", "ebfe");
        Saved saved;
        int mib = 64;
        try (VirtualMachine first = backend().start(spec)) {
            for (long at = 0; at < (long) mib << 20; at += 4096) {
                first.memory().putLongRelease((32L << 20) + at, at + 1);
            }
            saved = save(first);
        }
        try (VirtualMachine fork = forking().fork(spec(spec, "fork"), saved)) {
            fork.resume();
            assertThat(fork.memory().getLongAcquire((32L << 20) + 4096)).isEqualTo(4097);
            assertThat(ownKib()).isLessThan(1 << 10);
            for (long at = 0; at < 8L << 20; at += 4096) {
                fork.memory().putLongRelease((32L << 20) + at, 7);
            }
            assertThat(ownKib()).isBetween(8L << 10, 9L << 10);
        }
    }

    /** KiB that mappings of saved RAM have of their own, proc_pid_smaps(5). */
    private static long ownKib() throws IOException {
        long kib = 0;
        boolean ours = false;
        for (String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                ours = line.contains("memfd:ktstr-template");
            } else if (ours && line.startsWith("Private_Dirty:")) {
                kib += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return kib;
    }

    @Test
    void stateOfAnotherNumberOfCpusOrCutOffOrWithAPartOfAnotherSizeIsRefused() throws IOException {
        VmSpec spec = TinyGuest.spec(folder("first"), "1n1l1c1t", "ebfe");
        Saved saved;
        try (VirtualMachine first = backend().start(spec)) {
            saved = save(first);
        }
        byte[] whole = saved.devices;
        KvmState taken = KvmState.decode(whole);
        refused(TinyGuest.spec(folder("two"), "1n1l2c1t", "ebfe"), saved, "has 1 vCPUs, and 2 are asked for");
        saved.devices = Arrays.copyOf(whole, whole.length - 1);
        refused(spec(spec, "cut"), saved, "cannot be read");
        for (String name : List.of("LAPIC", "XSAVE", "REGS", "MSRS")) {
            Map<String, byte[]> cpu = new LinkedHashMap<>(taken.cpus().get(0));
            cpu.put(name, Arrays.copyOf(cpu.get(name), 7));
            saved.devices = new KvmState(taken.machine(), List.of(cpu)).encode();
            refused(spec(spec, name), saved, "7 bytes");
        }
        Map<String, byte[]> machine = new LinkedHashMap<>(taken.machine());
        machine.remove("COM2");
        saved.devices = new KvmState(machine, taken.cpus()).encode();
        refused(spec(spec, "device"), saved, "COM2");
    }

    private void refused(VmSpec spec, Saved saved, String why) {
        assertThatExceptionOfType(VmException.class)
                .isThrownBy(() -> forking().fork(spec, saved))
                .withMessageContaining(why);
    }
}
