package dev.ktstr.run;

import dev.ktstr.Assert;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A test with every value resolved.
 *
 * @param id class and method, {@code acme.MixedTest#mixedWorkloads}
 * @param className its class
 * @param method its method
 * @param scheduler the scheduler under test, empty for the kernel's own
 * @param topology of its base case
 * @param memoryMb asked for
 * @param memory of the base case's nodes, where they are not even
 * @param durationS length of the scenario
 * @param workersPerCgroup where a cgroup names no count
 * @param extraSchedArgs after the scheduler's own
 * @param config content for a scheduler with {@code configFileArg}
 * @param expect what kind of end makes it pass
 * @param ignored whether it is not run at all
 * @param hostOnly whether it boots nothing
 * @param performanceMode whether each vCPU gets a CPU of the host of its own
 * @param payloads programs that run beside or instead of workers
 * @param pending attributes it uses that this version does not act upon yet; see {@link Pending}
 * @param gauntlet its further variants
 * @param schedulerChecks thresholds of the scheduler
 * @param testChecks thresholds of the test
 * @param watchdog how long sched_ext lets a task wait
 * @param after what is captured, and who judges it when the guest has ended
 * @param mapWrites what is written into the scheduler's globals once it is attached, in order
 */
public record TestEntry(
        String id,
        String className,
        String method,
        Optional<SchedulerEntry> scheduler,
        CpuTopology topology,
        int memoryMb,
        Optional<NumaMemory> memory,
        int durationS,
        int workersPerCgroup,
        List<String> extraSchedArgs,
        Optional<String> config,
        Expectation expect,
        boolean ignored,
        boolean hostOnly,
        boolean performanceMode,
        TestPayloads payloads,
        List<Pending> pending,
        Gauntlet gauntlet,
        Assert schedulerChecks,
        Assert testChecks,
        Watchdog watchdog,
        List<MapWrite> mapWrites,
        After after) {
    /** Tag of the variants on preset topologies. */
    public static final String GAUNTLET = "gauntlet";

    /** Tag of tests whose names start with it. */
    public static final String DEMO = "demo";

    /**
     * Which end of the run makes the test pass.
     *
     * @param failure whether it passes only when the run fails
     * @param contains what the kernel's words about the scheduler's end must hold
     * @param matches regular expression that must be found in them
     */
    public record Expectation(boolean failure, Optional<String> contains, Optional<String> matches) {
        /** The run has to pass. */
        public static final Expectation NONE = new Expectation(false, Optional.empty(), Optional.empty());
    }

    /**
     * The sched_ext stall threshold.
     *
     * @param timeoutS in seconds
     * @param asked whether the test wrote it; one that it did not write makes a longer one of the scheduler shorter, and leaves a
     *     shorter one
     */
    public record Watchdog(int timeoutS, boolean asked) {
        /** What a test has that writes none. */
        public static final Watchdog DEFAULT = new Watchdog(5, false);
    }

    /**
     * What a test does with a run beyond its scenario.
     *
     * @param numSnapshots periodic captures
     * @param postVm a method of its class that is called when the guest has ended
     */
    public record After(int numSnapshots, Optional<String> postVm) {
        /** Nothing. */
        public static final After NOTHING = new After(0, Optional.empty());
    }

    /**
     * A write into a global of the scheduler.
     *
     * @param map the map's name, or its end
     * @param variable the variable's name; empty where {@code offset} says where
     * @param offset in bytes from the begin of the map's value
     * @param value 32 bits
     */
    public record MapWrite(String map, Optional<String> variable, int offset, long value) {
        @Override
        public String toString() {
            return "bpfMapWrite(map = \"" + map + "\", "
                    + variable.map(v -> "variable = \"" + v + "\"").orElse("offset = " + offset) + ", value = " + value
                    + ")";
        }
    }

    /**
     * A set of flags of the scheduler.
     *
     * @param name the flags joined by {@code +}, or {@code default}
     * @param flags names, in the order of declaration
     * @param args their arguments, after all others
     */
    public record Profile(String name, List<String> flags, List<String> args) {
        /** No flags. */
        public static final Profile DEFAULT = new Profile("default", List.of(), List.of());
    }

    /**
     * The test's variants beside its base case.
     *
     * @param presets names of the topologies that its constraints accept
     * @param profiles the flag profiles; the first is the one of the base case
     */
    public record Gauntlet(List<String> presets, List<Profile> profiles) {
        /** No presets, and no flags. */
        public static final Gauntlet NONE = new Gauntlet(List.of(), List.of(Profile.DEFAULT));
    }

    /** The flag profile of the base case. */
    public Profile baseProfile() {
        return gauntlet.profiles().get(0);
    }

    /** The tags of its variants: of those on presets, or of its base case. */
    public Set<String> tags(boolean onPreset) {
        if (method.startsWith(DEMO)) {
            return onPreset ? Set.of(DEMO, GAUNTLET) : Set.of(DEMO);
        }
        return onPreset ? Set.of(GAUNTLET) : Set.of();
    }
}
