package dev.ktstr.run;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.host.HostSlots;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Decides how many variants run at once. By default as many as the host's CPUs carry, each machine counted with the CPUs that
 * it keeps busy; {@code -Dktstr.parallel.overcommit} multiplies those, and {@code -Dktstr.parallel} replaces the rule by a
 * number. RAM is counted always.
 */
final class Parallel {
    /** Long enough for a gauntlet of another JVM before ours; a wait without end would look like a hang. */
    private static final Duration LIMIT = Duration.ofHours(1);

    private final Backend backend;
    private final Options options;

    Parallel(Backend backend, Options options) {
        this.backend = backend;
        this.options = options;
    }

    /**
     * Waits for this variant's turn.
     *
     * @throws RunException when it did not come in time, or an option has a value that it does not take
     */
    HostSlots.Slot await(Variant variant) {
        HostSlots.Demand demand = PerformanceMode.wanted(variant.shape(), options)
                ? new HostSlots.Demand(
                        PerformanceMode.hostCpus(variant.shape()), variant.memoryMb(), Optional.of(variant.topology()))
                : ordinary(variant);
        try {
            HostSlots.Slot slot = slots().acquire(demand, options.seconds("parallel.timeout", LIMIT));
            Changes.tell();
            return slot;
        } catch (VmException e) {
            throw RunException.setup("wait", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RunException.setup("wait", "interrupted while waiting for room on the host");
        }
    }

    /** A place for booting a guest of this variant's kind beside machines that run; empty when there is none now. */
    Optional<HostSlots.Slot> beside(Variant variant) throws InterruptedException {
        return slots().beside(ordinary(variant));
    }

    private HostSlots slots() {
        return HostSlots.standard(KernelCache.root(System.getenv()), limits());
    }

    private HostSlots.Demand ordinary(Variant variant) {
        return new HostSlots.Demand(backend.hostCpus(variant.topology()), variant.memoryMb());
    }

    HostSlots.Limits limits() {
        OptionalInt most = options.positive("parallel");
        int cpus = Runtime.getRuntime().availableProcessors();
        return most.isPresent()
                ? new HostSlots.Limits(most.getAsInt(), Integer.MAX_VALUE)
                : new HostSlots.Limits(Integer.MAX_VALUE, (int) Math.max(1, cpus * overcommit()));
    }

    private double overcommit() {
        String text = options.get("parallel.overcommit").orElse("1");
        try {
            double factor = Double.parseDouble(text);
            if (factor > 0 && factor <= 64) {
                return factor;
            }
        } catch (NumberFormatException e) {
            // Said below, with the option's name.
        }
        throw RunException.setup(
                "options", "-Dktstr.parallel.overcommit=" + text + " is not a number above 0 and at most 64.");
    }
}
