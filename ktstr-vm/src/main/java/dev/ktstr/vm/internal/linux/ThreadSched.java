package dev.ktstr.vm.internal.linux;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.ktstr.vm.VmException;
import java.util.List;

/** Where and how the host's scheduler runs a thread of this user: {@code sched_setaffinity(2)}, {@code sched_setscheduler(2)}. */
public final class ThreadSched {
    private static final int SCHED_FIFO = 1;
    private static final int EPERM = 1;
    private static final int ESRCH = 3;

    private ThreadSched() {}

    /** The libc functions, as they are; their first argument is any thread's id. */
    private static final class C {
        static {
            Native.register(C.class, "c");
        }

        private C() {}

        static native int sched_setaffinity(int tid, long bytes, Pointer mask) throws LastErrorException;

        static native int sched_setscheduler(int tid, int policy, Pointer param) throws LastErrorException;
    }

    /**
     * Lets a thread run on those CPUs only.
     *
     * @return false when the thread has ended
     * @throws VmException when the kernel refuses, because none of them is online or in the process's cpuset, say
     */
    public static boolean pin(long tid, List<Integer> cpus) {
        int highest = cpus.stream().mapToInt(Integer::intValue).max().orElseThrow();
        // The kernel takes a mask of any length in whole words (sched_setaffinity(2)).
        try (Memory mask = new Memory((highest / Long.SIZE + 1L) * Long.BYTES)) {
            mask.clear();
            for (int cpu : cpus) {
                long at = cpu / Long.SIZE * (long) Long.BYTES;
                mask.setLong(at, mask.getLong(at) | 1L << cpu % Long.SIZE);
            }
            C.sched_setaffinity(Math.toIntExact(tid), mask.size(), mask);
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == ESRCH) {
                return false;
            }
            throw LibC.failure("pinning thread " + tid + " to the CPUs " + cpus, e);
        }
    }

    /**
     * Gives a thread the real-time policy {@code SCHED_FIFO}.
     *
     * @param priority from 1, the lowest, to 99
     * @return false when this user may not: it takes {@code CAP_SYS_NICE} or a limit of {@code RLIMIT_RTPRIO}
     * @throws VmException when the kernel refuses for another reason
     */
    public static boolean fifo(long tid, int priority) {
        // struct sched_param is one int.
        try (Memory param = new Memory(Integer.BYTES)) {
            param.setInt(0, priority);
            C.sched_setscheduler(Math.toIntExact(tid), SCHED_FIFO, param);
            return true;
        } catch (LastErrorException e) {
            if (e.getErrorCode() == EPERM) {
                return false;
            }
            if (e.getErrorCode() == ESRCH) {
                return true;
            }
            throw LibC.failure("giving thread " + tid + " SCHED_FIFO " + priority, e);
        }
    }
}
