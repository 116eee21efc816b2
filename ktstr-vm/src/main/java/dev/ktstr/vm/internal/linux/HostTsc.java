package dev.ktstr.vm.internal.linux;

import com.sun.jna.Function;
import com.sun.jna.LastErrorException;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How fast the time stamp counter of this host runs. QEMU's translator hands the host's counter to the guest
 * (cpu_get_host_ticks), so this is the guest's speed as well, which the guest cannot measure when the host is busy.
 *
 * <p>Java has no way to read the counter, so eleven bytes of code do. A host that forbids to run memory that was written
 * (SELinux's {@code execmem}) leaves the speed unknown, as does a host that is no x86-64.
 */
public final class HostTsc {
    private static final Logger LOG = LoggerFactory.getLogger(HostTsc.class);

    /** {@code rdtsc; shl rdx,32; or rax,rdx; ret}. */
    private static final byte[] READ_TSC = {
        0x0f, 0x31, 0x48, (byte) 0xc1, (byte) 0xe2, 0x20, 0x48, 0x09, (byte) 0xd0, (byte) 0xc3
    };

    private static final int PAGE = 4096;
    private static final int ROUNDS = 3;
    private static final int READS = 16;
    private static final long ROUND_NS = 10_000_000;
    /** Rounds further apart than one in this many are no measurement; the kernel itself corrects within one in 100. */
    private static final int AGREEMENT = 500;

    private static final int MHZ = 1000;

    /** Documentation/ABI/testing/sysfs-devices-system-clocksource of the kernel. */
    private static final Path CLOCK_SOURCE =
            Path.of("/sys/devices/system/clocksource/clocksource0/current_clocksource");

    private static final boolean KEEPS_TIME = keepsTime(CLOCK_SOURCE);

    private HostTsc() {}

    /**
     * The speed in kHz, in whole MHz so that all processes of one host say the same; measured once, in 30 ms. Empty when it
     * cannot be had. The guest's kernel refines it by itself once it runs.
     */
    public static OptionalInt khz() {
        return Holder.KHZ;
    }

    /**
     * Whether the host's kernel itself keeps time by the counter: then it runs steadily, and alike on all CPUs, or its clocksource
     * watchdog would have taken another one.
     */
    public static boolean keepsTime() {
        return KEEPS_TIME;
    }

    /** Of its own, so that nobody waits for the measurement who does not ask for it. */
    private static final class Holder {
        static final OptionalInt KHZ = measure();
    }

    static boolean keepsTime(Path clockSource) {
        try {
            return Files.readString(clockSource).strip().equals("tsc");
        } catch (IOException e) {
            LOG.info("what the host keeps time by is not known: {}", e.toString());
            return false;
        }
    }

    private static OptionalInt measure() {
        if (!System.getProperty("os.arch").equals("amd64")) {
            return OptionalInt.empty();
        }
        try {
            Pointer code = LibC.mmap(
                    Pointer.NULL, PAGE, LibC.PROT_READ | LibC.PROT_WRITE, LibC.MAP_PRIVATE | LibC.MAP_ANONYMOUS, -1, 0);
            try {
                code.write(0, READ_TSC, 0, READ_TSC.length);
                LibC.mprotect(code, PAGE, LibC.PROT_READ | LibC.PROT_EXEC);
                return measure(Function.getFunction(code));
            } finally {
                LibC.munmap(code, PAGE);
            }
        } catch (LastErrorException e) {
            LOG.info("the speed of the host's TSC is not known: {}", e.getMessage());
            return OptionalInt.empty();
        }
    }

    private static OptionalInt measure(Function readTsc) {
        Instant first = Instant.take(readTsc);
        double[] rates = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            LockSupport.parkNanos(ROUND_NS);
            Instant now = Instant.take(readTsc);
            rates[round] = (double) (now.tsc - first.tsc) / (now.nanos - first.nanos);
        }
        return agreed(rates);
    }

    /** The median of rates in ticks per nanosecond as kHz, if they agree. */
    static OptionalInt agreed(double... rates) {
        double[] sorted = rates.clone();
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        boolean agree = sorted[sorted.length - 1] - sorted[0] <= median / AGREEMENT;
        long mhz = Math.round(median * MHZ);
        if (!agree || mhz < 1 || mhz > Integer.MAX_VALUE / MHZ) {
            LOG.info("the speed of the host's TSC is not known: measured {} ticks/ns", Arrays.toString(sorted));
            return OptionalInt.empty();
        }
        return OptionalInt.of((int) mhz * MHZ);
    }

    /** Both clocks at one time: of several readings the one that was interrupted least. */
    private record Instant(long nanos, long tsc) {
        static Instant take(Function readTsc) {
            Instant best = new Instant(0, 0);
            long shortest = Long.MAX_VALUE;
            for (int i = 0; i < READS; i++) {
                long before = System.nanoTime();
                long tsc = readTsc.invokeLong(new Object[0]);
                long after = System.nanoTime();
                if (after - before < shortest) {
                    shortest = after - before;
                    best = new Instant(before + (after - before) / 2, tsc);
                }
            }
            return best;
        }
    }
}
