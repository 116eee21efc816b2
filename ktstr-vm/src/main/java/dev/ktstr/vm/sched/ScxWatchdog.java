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
    private static final int ATTEMPTS = 4;

    /** More than any limit that a kernel takes ({@code SCX_WATCHDOG_MAX_TIMEOUT} is 30 s): what is above was never one. */
    private static final long MAX_JIFFIES = 1 << 20;

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
     * Sets the limit, so that the kernel ends no scheduler by mistake.
     *
     * <p>The kernel looks at the tasks in a work item that comes again every half of the limit, and every tick ends the scheduler
     * when that work has not run for a whole limit ({@code scx_tick}). The next run was planned by the old limit: with a shorter
     * one the tick would not wait for it. So before the limit becomes shorter the time of the last run is set ahead by what the
     * next one may still take. A shorter limit therefore counts from the next run on, at most half of the old limit away.
     *
     * @return whether it was written; false as {@link #address} and {@link #hz} are empty
     */
    public boolean write(Duration limit) {
        OptionalLong at = address();
        OptionalLong hz = hz();
        if (at.isEmpty() || hz.isEmpty()) {
            return false;
        }
        long jiffies = Math.max(2, limit.toMillis() * hz.getAsLong() / 1000);
        long old = memory.readLong(at.getAsLong());
        boolean shorter = Long.compareUnsigned(jiffies, old) < 0;
        if (!shorter) {
            memory.writeLong(at.getAsLong(), jiffies);
        }
        // 7.1 plans the next run by a variable of its own, older ones by the limit.
        memory.findSymbol("scx_watchdog_interval").ifPresent(interval -> memory.writeLong(interval, jiffies / 2));
        if (shorter) {
            shorten(at.getAsLong(), old, jiffies);
        }
        return true;
    }

    private void shorten(long at, long old, long jiffies) {
        OptionalLong stamp = memory.findSymbol("scx_watchdog_timestamp");
        OptionalLong now = memory.findSymbol("jiffies_64");
        if (stamp.isEmpty() || now.isEmpty() || old > MAX_JIFFIES) {
            memory.writeLong(at, jiffies);
            return;
        }
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long ahead = memory.readLong(now.getAsLong()) + old / 2;
            memory.writeLong(stamp.getAsLong(), ahead);
            memory.writeLong(at, jiffies);
            if (memory.readLong(stamp.getAsLong()) == ahead) {
                return;
            }
            // The work ran in between, and may have planned its next run by the old limit.
        }
    }
}
