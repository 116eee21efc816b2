package dev.ktstr.catalogue;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.TestTopology;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/** A scenario of the catalogue. */
public final class CatalogueScenario {
    private final String name;
    private final Group group;
    private final String description;
    private final Needs needs;
    private final Function<Setting, Built> builder;

    CatalogueScenario(String name, Group group, String description, Needs needs, Function<Setting, Built> builder) {
        this.name = name;
        this.group = group;
        this.description = description;
        this.needs = needs;
        this.builder = builder;
    }

    /** Its name, unique in the catalogue. */
    public String name() {
        return name;
    }

    /** What it is about. */
    public Group group() {
        return group;
    }

    /** What it does, in a sentence. */
    public String description() {
        return description;
    }

    /** What it needs of the machine. */
    public Needs needs() {
        return needs;
    }

    /** Why it cannot run on that topology; empty when it can. */
    public Optional<String> accepts(TestTopology topology) {
        return needs.missing(topology);
    }

    /**
     * The scenario for that topology.
     *
     * @param duration of the whole scenario, at least 100 ms
     * @param workers of a cgroup, at least 1; where workers belong together, full groups of at least as many
     * @throws IllegalArgumentException when the topology is not enough
     */
    public Built build(TestTopology topology, Duration duration, int workers) {
        accepts(topology).ifPresent(why -> {
            throw new IllegalArgumentException("scenario '" + name + "' " + why + ". Hint: choose a larger topology");
        });
        if (duration.compareTo(Duration.ofMillis(100)) < 0 || workers < 1) {
            throw new IllegalArgumentException("scenario '" + name + "' takes at least 100 ms and one worker, got "
                    + duration + " and " + workers);
        }
        return builder.apply(new Setting(topology, duration, workers));
    }

    /**
     * Runs it in a test's guest, for the test's duration and workers.
     *
     * @throws IllegalArgumentException when the guest's topology is not enough
     */
    public AssertResult run(Ctx ctx) {
        Built built = build(ctx.topo(), ctx.duration(), ctx.workersPerCgroup());
        return ctx.executeScenarioWith(built.checks(), built.backdrop(), built.steps());
    }

    @Override
    public String toString() {
        return group.label() + "/" + name;
    }
}
