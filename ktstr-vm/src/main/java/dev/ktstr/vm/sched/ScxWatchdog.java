package dev.ktstr.vm.sched;

import dev.ktstr.vm.kernel.KernelMemory;
import dev.ktstr.vm.kernel.KernelStructs;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How long sched_ext lets a runnable task wait before it ends the scheduler. The limit is in {@code scx_sched} of the loaded
 * scheduler where BTF shows {@code watchdog_timeout} there (7.1), else in {@code scx_watchdog_timeout}; both are in jiffies.
 */
public final class ScxWatchdog {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final KernelStructs structs;
    private final KernelMemory memory;

    /** The watchdog of that kernel. */
    public ScxWatchdog(KernelStructs structs) {
        this.structs = structs;
        this.memory = structs.memory();
    }

    /** Where the limit is now, or empty when this kernel has none, or keeps it with a scheduler and none is loaded. */
    public OptionalLong address() {
        OptionalLong root = memory.findSymbol("scx_root");
        if (root.isPresent() && structs.has("scx_sched", "watchdog_timeout")) {
            long scheduler = memory.readLong(root.getAsLong());
            return scheduler == 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(structs.address(scheduler, "scx_sched", "watchdog_timeout"));
        }
        return memory.findSymbol("scx_watchdog_timeout");
    }

    /** In words where it is kept, for a result: a field, a variable, or nowhere. */
    public String place() {
        if (memory.findSymbol("scx_root").isPresent() && structs.has("scx_sched", "watchdog_timeout")) {
            return "scx_sched.watchdog_timeout";
        }
        return memory.findSymbol("scx_watchdog_timeout").isPresent()
                ? "scx_watchdog_timeout"
                : "nowhere: this kernel has neither scx_sched.watchdog_timeout nor scx_watchdog_timeout";
    }

    /**
     * Jiffies per second, {@code CONFIG_HZ}. The jiffies clocksource tells: its {@code mult >> shift} is the length of one
     * ({@code kernel/time/jiffies.c}). Empty where it cannot be read.
     */
    public OptionalLong hz() {
        OptionalLong clock = memory.findSymbol("clocksource_jiffies");
        if (clock.isEmpty() || !structs.has("clocksource", "mult")) {
            return OptionalLong.empty();
        }
        long tick = structs.number(clock.getAsLong(), "clocksource", "mult")
                >>> structs.number(clock.getAsLong(), "clocksource", "shift");
        return tick <= 0 ? OptionalLong.empty() : OptionalLong.of((NANOS_PER_SECOND + tick / 2) / tick);
    }

    /** The limit now, or empty as {@link #address} and {@link #hz} are. */
    public Optional<Duration> read() {
        OptionalLong at = address();
        OptionalLong hz = hz();
        if (at.isEmpty() || hz.isEmpty()) {
            return Optional.empty();
        }
        long jiffies = memory.readLong(at.getAsLong());
        boolean sane = jiffies >= 0 && jiffies < Long.MAX_VALUE / 1000;
        return sane ? Optional.of(Duration.ofMillis(jiffies * 1000 / hz.getAsLong())) : Optional.empty();
    }

    /**
     * Sets the limit. The kernel's own check runs at half of the limit it began with, so a shorter one counts from the next
     * check on.
     *
     * @return whether it was written; false as {@link #address} and {@link #hz} are empty
     */
    public boolean write(Duration limit) {
        OptionalLong at = address();
        OptionalLong hz = hz();
        if (at.isEmpty() || hz.isEmpty()) {
            return false;
        }
        memory.writeLong(at.getAsLong(), Math.max(1, limit.toMillis() * hz.getAsLong() / 1000));
        return true;
    }
}
