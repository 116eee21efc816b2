package dev.ktstr;

import dev.ktstr.catalogue.Catalogue;

/**
 * Canned scenarios for a test's body, run for the test's duration with its {@code workersPerCgroup}:
 *
 * <pre>{@code
 * @KtstrTest(scheduler = MySched.class, llcs = 2)
 * AssertResult steady(Ctx ctx) {
 *     return Scenarios.steadyLlc(ctx);
 * }
 * }</pre>
 *
 * <p>Each throws IllegalArgumentException when the guest's topology is too small for it; {@link Catalogue} has these and many
 * more by name.
 */
public final class Scenarios {
    private Scenarios() {}

    private static AssertResult run(Ctx ctx, String name) {
        return Catalogue.named(name).run(ctx);
    }

    /** Two cgroups spin side by side; none is confined. */
    public static AssertResult steady(Ctx ctx) {
        return run(ctx, "steady");
    }

    /** Two cgroups spin, each on a last-level cache of its own. Needs two. */
    public static AssertResult steadyLlc(Ctx ctx) {
        return run(ctx, "steadyLlc");
    }

    /** Two cgroups of 32 workers that spin and yield: many more than there are CPUs. */
    public static AssertResult oversubscribed(Ctx ctx) {
        return run(ctx, "oversubscribed");
    }

    /** Two cgroups run everywhere; halfway each is confined to its half of the CPUs. */
    public static AssertResult cpusetApply(Ctx ctx) {
        return run(ctx, "cpusetApply");
    }

    /** Two cgroups are confined to halves of the CPUs; halfway they get all. */
    public static AssertResult cpusetClear(Ctx ctx) {
        return run(ctx, "cpusetClear");
    }

    /** A cgroup has half of the CPUs, then a quarter, then three quarters. Needs four CPUs. */
    public static AssertResult cpusetResize(Ctx ctx) {
        return run(ctx, "cpusetResize");
    }

    /** Halfway a second cgroup joins one that runs. */
    public static AssertResult cgroupAdd(Ctx ctx) {
        return run(ctx, "cgroupAdd");
    }

    /** Halfway one of two cgroups is stopped and removed. */
    public static AssertResult cgroupRemove(Ctx ctx) {
        return run(ctx, "cgroupRemove");
    }

    /** The affinity of running workers goes from all CPUs to one each, to random ones, and back. */
    public static AssertResult affinityChange(Ctx ctx) {
        return run(ctx, "affinityChange");
    }

    /** A worker per CPU, each pinned to its own. */
    public static AssertResult affinityPinned(Ctx ctx) {
        return run(ctx, "affinityPinned");
    }

    /** A worker per CPU outside the managed cgroups competes with two cgroups. */
    public static AssertResult hostContention(Ctx ctx) {
        return run(ctx, "hostContention");
    }

    /** Workers that spin, that come in bursts and that do I/O, each kind in a cgroup. */
    public static AssertResult mixedWorkloads(Ctx ctx) {
        return run(ctx, "mixedWorkloads");
    }

    /** Two children of one cgroup and one of another spin side by side. */
    public static AssertResult nestedSteady(Ctx ctx) {
        return run(ctx, "nestedSteady");
    }

    /** All tasks move from one child to another, within a parent and across parents. */
    public static AssertResult nestedTaskMove(Ctx ctx) {
        return run(ctx, "nestedTaskMove");
    }
}
