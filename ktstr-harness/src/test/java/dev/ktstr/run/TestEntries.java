package dev.ktstr.run;

import dev.ktstr.Assert;
import dev.ktstr.run.TestEntry.Expectation;
import dev.ktstr.run.TestEntry.Gauntlet;
import dev.ktstr.run.TestEntry.Profile;
import dev.ktstr.spec.CpuTopology;
import java.util.List;
import java.util.Optional;

/** Entries of a registry, for tests. */
public final class TestEntries {
    public static final Profile STEAL = new Profile("steal", List.of("steal"), List.of("--steal"));

    private TestEntries() {}

    /** A test of ten seconds on 1n1l2c1t with those presets, and the profiles {@code default} and {@code steal}. */
    public static TestEntry of(String id, String... presets) {
        return with(id, Optional.empty(), List.of(), presets);
    }

    public static TestEntry with(
            String id, Optional<SchedulerEntry> scheduler, List<Pending> pending, String... presets) {
        return new TestEntry(
                id,
                id.substring(0, id.indexOf('#')),
                id.substring(id.indexOf('#') + 1),
                scheduler,
                CpuTopology.parse("1n1l2c1t"),
                2048,
                Optional.empty(),
                10,
                2,
                List.of("-x"),
                Optional.empty(),
                Expectation.NONE,
                false,
                id.endsWith("OnTheHost"),
                id.endsWith("Pinned"),
                TestPayloads.NONE,
                pending,
                new Gauntlet(List.of(presets), List.of(Profile.DEFAULT, STEAL)),
                Assert.NO_OVERRIDES,
                Assert.NO_OVERRIDES,
                TestEntry.Watchdog.DEFAULT,
                List.of(),
                TestEntry.After.NOTHING);
    }
}
