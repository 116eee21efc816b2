package dev.ktstr.vm.kvm;

import static dev.ktstr.vm.MicroGuest.BOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmExit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Signals to the JVM and to its vCPU threads, as profilers, debuggers and the JVM itself send them, while guests run, are
 * frozen and resumed: each takes a vCPU out of the guest, and none of its accesses may be lost or made twice.
 */
class SignalStormTest {
    private static final NativeLibrary C = NativeLibrary.getInstance("c");
    private static final long SYS_TGKILL = 234;

    /** HotSpot has a handler for it. */
    private static final int SIGUSR2 = 12;

    /** Given one here, as a profiler would. */
    private static final int SIGPROF = 27;

    /** The signal of our own kicks. */
    private static final int KICK = 61;

    private static final int BYTES = 0x4000;

    /**
     * <pre>
     * b9 00 40 00 00    mov  $0x4000,%ecx
     * b3 41             mov  $'A',%bl
     * 66 ba fd 03    1: mov  $0x3fd,%dx
     * ec             2: in   (%dx),%al      the transmitter is free?
     * a8 20             test $0x20,%al
     * 74 fb             jz   2b
     * 66 ba f8 03       mov  $0x3f8,%dx
     * 88 d8             mov  %bl,%al
     * ee                out  %al,(%dx)
     * fe c3             inc  %bl
     * 80 fb 5b          cmp  $'Z'+1,%bl
     * 75 02             jne  3f
     * b3 41             mov  $'A',%bl
     * e2 e5          3: loop 1b
     * 66 ba 04 06       mov  $0x604,%dx
     * 66 b8 00 20       mov  $0x2000,%ax
     * 66 ef             out  %ax,(%dx)      power off
     * </pre>
     */
    private static final String ALPHABET = "b900400000" + "b341" + "66bafd03" + "ec" + "a820" + "74fb" + "66baf803"
            + "88d8" + "ee" + "fec3" + "80fb5b" + "7502" + "b341" + "e2e5" + "66ba0406" + "66b80020" + "66ef";

    @TempDir
    Path workDir;

    @BeforeAll
    static void assumeDevice() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "SKIPPED: this host has no /dev/kvm that opens");
        Function noop = C.getFunction("getppid");
        C.getFunction("signal").invokePointer(new Object[] {SIGPROF, noop});
    }

    @Test
    void noAccessIsLostOrMadeTwice() throws InterruptedException {
        AtomicLong sent = new AtomicLong();
        try (KvmMachine vm = (KvmMachine) new KvmBackend().start(TinyGuest.spec(workDir, "1n1l2c1t", ALPHABET))) {
            AtomicBoolean storming = new AtomicBoolean(true);
            Thread storm = new Thread(() -> storm(vm, storming, sent), "signal-storm");
            storm.start();
            try {
                freezeAndResumeUntilItEnds(vm);
                assertThat(vm.awaitExit(BOUND).orElseThrow().kind()).isEqualTo(VmExit.Kind.CLEAN);
            } finally {
                storming.set(false);
                storm.join(BOUND.toMillis());
            }
            assertThat(storm.isAlive()).isFalse();
        }
        assertThat(sent.get()).isGreaterThan(100);
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < BYTES; i++) {
            expected.append((char) ('A' + i % 26));
        }
        assertThat(workDir.resolve(KvmBackend.CONSOLE)).hasContent(expected.toString());
    }

    private static void freezeAndResumeUntilItEnds(KvmMachine vm) {
        for (int i = 0; i < 100 && vm.exit().isEmpty(); i++) {
            try {
                vm.freeze();
                assertThat(vm.registers(0)).isEqualTo(vm.registers(0));
                vm.resume();
            } catch (VmException e) {
                // It may end between two of these calls, and only then they fail.
                assertThat(e).hasMessageContaining("ended");
                return;
            }
        }
    }

    private static void storm(KvmMachine vm, AtomicBoolean storming, AtomicLong sent) {
        Function kill = C.getFunction("kill");
        Function syscall = C.getFunction("syscall");
        int pid = (int) ProcessHandle.current().pid();
        while (storming.get()) {
            for (long thread : vm.vcpuThreads()) {
                for (int signal : new int[] {SIGUSR2, SIGPROF, KICK}) {
                    // Of a thread that has ended meanwhile the kernel knows nothing: ESRCH, which is no matter.
                    syscall.invokeInt(new Object[] {SYS_TGKILL, (long) pid, thread, (long) signal});
                    sent.incrementAndGet();
                }
            }
            kill.invokeInt(new Object[] {pid, SIGPROF});
            kill.invokeInt(new Object[] {pid, KICK});
            sent.addAndGet(2);
        }
    }
}
