package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a method as a scheduler test: it gets a virtual machine of its own with the topology given here.
 *
 * <p>The method takes one {@code dev.ktstr.Ctx} and returns {@code dev.ktstr.AssertResult} or {@code void}. It is not
 * private, abstract or generic, and sits in a top-level or static nested class that has a no-arg constructor (a static
 * method needs no constructor). A {@code void} test passes unless it throws or a scenario that it ran failed.
 *
 * <p>The annotation processor writes a JUnit class per test class, {@code MixedTestKtstrIT} for {@code MixedTest}, with
 * one JUnit test per annotated method. Tests whose names start with {@code demo} are tagged {@code demo}.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface KtstrTest {
    /** NUMA nodes of the guest. Inherited from the scheduler's {@link Scheduler#topology()}, else 1. */
    int numaNodes() default 1;

    /** Last-level caches over all NUMA nodes, a multiple of {@link #numaNodes()}. Inherited from the scheduler, else 1. */
    int llcs() default 1;

    /** Cores per last-level cache. Inherited from the scheduler, else 2. */
    int cores() default 2;

    /** Hardware threads per core. Inherited from the scheduler, else 1. */
    int threads() default 1;

    /** Guest memory in MiB. The VM gets the largest of this, 64 times its CPUs, and 256. */
    int memoryMb() default 2048;

    /** The scheduler under test: a type annotated {@link Scheduler}. Without it the kernel's own, {@link Eevdf}. */
    Class<?> scheduler() default Eevdf.class;

    /** Arguments appended after the scheduler's own {@link Scheduler#schedArgs()}. */
    String[] extraSchedArgs() default {};

    /**
     * Whether starvation fails the test: a worker without any work unit, or one over {@link #maxSpreadPct()} or
     * {@link #maxGapMs()}. Inherited from the scheduler's {@link Checks}, else on.
     */
    boolean notStarved() default true;

    /** Whether a worker seen on a CPU outside its cpuset fails the test. Inherited from the scheduler, else off. */
    boolean isolation() default false;

    /**
     * Longest wall-clock gap in milliseconds between two checkpoints of a worker. Inherited from the scheduler, else
     * 2000, or 3000 where the backend cannot keep time with the host.
     */
    int maxGapMs() default 2000;

    /**
     * Largest difference in off-CPU time, in percentage points, between two workers of one cgroup. Inherited from the
     * scheduler, else 15, or 35 where the backend cannot keep time with the host.
     */
    double maxSpreadPct() default 15.0;

    /**
     * Largest coefficient of variation (standard deviation over mean) of work units per CPU second across workers.
     * Inherited from the scheduler, else not judged.
     */
    double maxThroughputCv() default Double.NaN;

    /** Fewest work units per CPU second of any worker. Inherited from the scheduler, else not judged. */
    double minWorkRate() default Double.NaN;

    /** Length of the scenario in seconds of guest time. */
    int durationS() default 12;

    /** Workers of a cgroup that names no count of its own. */
    int workersPerCgroup() default 2;

    /** Turns the verdict round: the test passes only when the run fails. */
    boolean expectErr() default false;

    /** Keeps the test out of the run. It is compiled and checked, and JUnit reports it as skipped. */
    boolean ignore() default false;
}
