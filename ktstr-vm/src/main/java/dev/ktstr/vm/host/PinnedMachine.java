package dev.ktstr.vm.host;

import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.ThreadSched;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A machine whose vCPU threads have CPUs of the host of their own, and go before everything else there.
 *
 * @param cpus by vCPU
 * @param realTime whether the threads have a real-time policy; without {@code CAP_SYS_NICE} they are pinned only
 */
public record PinnedMachine(List<Integer> cpus, boolean realTime) {
    /** The lowest: before every ordinary thread, after whatever the host itself runs in real time. */
    private static final int PRIORITY = 1;

    /**
     * Pins each vCPU's thread to its CPU. A thread on which several vCPUs take turns gets the CPUs of all of them. A machine that has
     * ended meanwhile is left as it is: whoever waits for it will hear of it.
     *
     * @param cpus the CPUs of the host, one for each vCPU
     * @throws VmException when the host refuses, or the machine has another number of vCPUs
     */
    public static PinnedMachine pin(VirtualMachine machine, List<Integer> cpus) {
        List<Long> threads = machine.vcpuThreads();
        if (!threads.isEmpty() && threads.size() != cpus.size()) {
            throw new VmException(cpus.size() + " CPUs of the host were chosen for " + threads.size() + " vCPUs");
        }
        Map<Long, Set<Integer>> own = new TreeMap<>();
        for (int i = 0; i < threads.size(); i++) {
            own.computeIfAbsent(threads.get(i), thread -> new TreeSet<>()).add(cpus.get(i));
        }
        boolean realTime = true;
        for (Map.Entry<Long, Set<Integer>> thread : own.entrySet()) {
            if (ThreadSched.pin(thread.getKey(), List.copyOf(thread.getValue()))) {
                realTime &= ThreadSched.fifo(thread.getKey(), PRIORITY);
            }
        }
        return new PinnedMachine(List.copyOf(cpus), realTime);
    }
}
