package dev.ktstr.snapshot;

import dev.ktstr.vm.btf.Similar;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A CPU of the guest at the moment of a capture. What the backend or the kernel does not tell is not there.
 *
 * @param cpu its number
 * @param registers what its vCPU's registers hold: {@code rax} to {@code r15}, {@code rip}, {@code rflags}, {@code cr0} to {@code cr4},
 *     {@code efer}, {@code fs_base}, {@code gs_base}; unsigned
 * @param at the function of the kernel that {@code rip} lies in, {@code pick_next_task+0x1c}; empty in user space and in programs that
 *     the kernel has compiled
 * @param counters of its runqueue: {@code nr_running}, {@code nr_switches}, {@code clock_ns}, {@code idle} (0 or 1), {@code
 *     scx_nr_running}, {@code local_dsq_depth}, {@code scx_flags}, those of {@code /proc/schedstat}, and sched_ext's events by their
 *     own names
 */
public record CpuState(int cpu, Map<String, Long> registers, Optional<String> at, Map<String, Long> counters) {
    /** Copies the maps, in their order. */
    public CpuState {
        registers = Collections.unmodifiableMap(new LinkedHashMap<>(registers));
        counters = Collections.unmodifiableMap(new LinkedHashMap<>(counters));
    }

    /** What a register holds. @throws SnapshotException naming those there are when there is none such */
    public long register(String name) {
        return named("register", name, registers);
    }

    /** A counter. @throws SnapshotException naming those there are when there is none such */
    public long counter(String name) {
        return named("counter", name, counters);
    }

    private long named(String kind, String name, Map<String, Long> values) {
        Long value = values.get(name);
        if (value == null) {
            throw new SnapshotException(
                    "CPU " + cpu + " has no " + kind + " '" + name + "'; " + Similar.hint(name, values.keySet()));
        }
        return value;
    }
}
