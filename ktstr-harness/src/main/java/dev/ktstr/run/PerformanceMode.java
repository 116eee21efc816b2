package dev.ktstr.run;

import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.host.HostCpus;
import dev.ktstr.vm.host.HostSlots;
import dev.ktstr.vm.host.PinnedMachine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * {@code performanceMode}: each vCPU has a CPU of the host of its own, which no other machine of ours gets, and runs there in
 * real time. One CPU of the host is left for everything else: the emulator's other threads, this JVM, the host.
 */
final class PerformanceMode {
    private PerformanceMode() {}

    /** Whether the variant is to run in it. */
    static boolean wanted(Shape shape, Options options) {
        return shape.test().performanceMode() && !options.on("noPerfMode");
    }

    /** CPUs of the host that such a machine keeps busy, and the one for the rest. */
    static int hostCpus(Shape shape) {
        return shape.topology().cpus() + 1;
    }

    /** Why this host has too few CPUs for it, if it has. */
    static Optional<String> refusal(Host host, Shape shape, Options options) {
        if (!wanted(shape, options) || hostCpus(shape) <= host.cpus()) {
            return Optional.empty();
        }
        return Optional.of("performanceMode needs " + hostCpus(shape) + " CPUs of the host: one for each of the "
                + shape.topology().cpus() + " vCPUs of " + shape.topology()
                + ", and one for everything else. This process may use "
                + host.cpus() + ". -Dktstr.noPerfMode=true runs it without pinning");
    }

    /** Pins a machine that has just started, if its place has CPUs for that; says what came of it, for the result. */
    static Optional<Map<String, Object>> apply(VirtualMachine machine, HostSlots.Slot slot) {
        if (slot.pinned().isEmpty()) {
            return Optional.empty();
        }
        HostCpus.Choice choice = slot.pinned().get();
        PinnedMachine pinned = PinnedMachine.pin(machine, choice.cpus());
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("hostCpus", pinned.cpus());
        facts.put("mirrored", choice.mirrored());
        facts.put("realTime", pinned.realTime());
        if (!pinned.realTime()) {
            facts.put("why", "SCHED_FIFO needs CAP_SYS_NICE or a limit of RLIMIT_RTPRIO");
        }
        return Optional.of(facts);
    }

    /** What the result says of an attribute that is turned off. */
    static Optional<String> note(Shape shape, Options options) {
        return shape.test().performanceMode() && options.on("noPerfMode")
                ? Optional.of("performanceMode is off (-Dktstr.noPerfMode): its figures are those of an ordinary run")
                : Optional.empty();
    }
}
