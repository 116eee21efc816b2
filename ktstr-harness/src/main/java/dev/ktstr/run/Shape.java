package dev.ktstr.run;

import dev.ktstr.run.TestEntry.Profile;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.GauntletPreset;
import dev.ktstr.spec.NumaMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A test on one topology under one flag profile: a variant whose kernel is not chosen yet.
 *
 * @param test the test
 * @param preset name of the gauntlet's preset, empty for the test's own topology
 * @param profile the flags
 */
public record Shape(TestEntry test, String preset, Profile profile) {
    /** The base case of a test. */
    public static Shape base(TestEntry test) {
        return new Shape(test, "", test.baseProfile());
    }

    /**
     * The shape that generated code names.
     *
     * @param preset a preset's name, or empty for the test's own topology
     * @param profile a profile's name, or empty for the base case's
     * @throws RunException when the registry does not have them for this test
     */
    public static Shape named(TestEntry test, String preset, String profile) {
        if (!preset.isEmpty() && !test.gauntlet().presets().contains(preset)) {
            throw stale(test, "preset '" + preset + "'");
        }
        return profile.isEmpty()
                ? new Shape(test, preset, test.baseProfile())
                : test.gauntlet().profiles().stream()
                        .filter(p -> p.name().equals(profile))
                        .findFirst()
                        .map(p -> new Shape(test, preset, p))
                        .orElseThrow(() -> stale(test, "profile '" + profile + "'"));
    }

    private static RunException stale(TestEntry test, String what) {
        return RunException.setup(
                "resolve",
                "test '" + test.id() + "' has no " + what + " in " + Registry.RESOURCE
                        + ": it and the generated classes are from different compilations. Hint: compile again.");
    }

    /** The base case, and each preset under each profile. */
    public static List<Shape> all(TestEntry test) {
        List<Shape> shapes = new ArrayList<>();
        shapes.add(base(test));
        for (String preset : test.gauntlet().presets()) {
            for (Profile profile : test.gauntlet().profiles()) {
                shapes.add(new Shape(test, preset, profile));
            }
        }
        return shapes;
    }

    /** Whether it is one of the gauntlet's, not the base case. */
    public boolean onPreset() {
        return !preset.isEmpty();
    }

    /** The topology. */
    public CpuTopology topology() {
        return onPreset()
                ? GauntletPreset.named(preset)
                        .orElseThrow(() -> stale(test, "preset '" + preset + "'"))
                        .topology()
                : test.topology();
    }

    /** The scheduler under test, empty for the kernel's own. */
    public Optional<SchedulerEntry> scheduler() {
        return test.scheduler();
    }

    /** How the scheduler is called, without its program. */
    public List<String> schedulerArgs() {
        return SchedulerArgs.of(this);
    }

    /** The memory of its nodes, where that is not even; presets have even nodes. */
    public Optional<NumaMemory> memory() {
        return onPreset() ? Optional.empty() : test.memory();
    }

    /** Guest RAM in MiB: what its nodes have, or at least 64 per CPU, and at least 256. */
    public int memoryMb() {
        if (memory().isPresent()) {
            return memory().get().totalMb();
        }
        return Math.max(Math.max(64 * topology().cpus(), 256), test.memoryMb());
    }

    /** JUnit tags of the generated method. */
    public Set<String> tags() {
        return test.tags(onPreset());
    }

    /** The name in JUnit and in output, without a kernel. */
    public String displayName() {
        return onPreset()
                ? "gauntlet/" + test.method() + "/" + preset + "/" + profile.name()
                : "ktstr/" + test.method();
    }
}
