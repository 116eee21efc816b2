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

    /**
     * The guest's memory node by node, instead of {@link #memoryMb()} spread evenly: {@code "512M"}, or with what the firmware
     * tells of it {@code "1G latency=300 bandwidth=20000 cache=64M distances=20,30,10"} (nanoseconds, MB/s). Nodes beyond
     * {@link #numaNodes()} have no CPUs, as memory behind CXL. Of the test's own topology; the gauntlet's presets have even nodes.
     */
    String[] memoryNodes() default {};

    /** The scheduler under test: a type annotated {@link Scheduler}. Without it the kernel's own, {@link Eevdf}. */
    Class<?> scheduler() default Eevdf.class;

    /** Arguments appended after the scheduler's own {@link Scheduler#schedArgs()}. */
    String[] extraSchedArgs() default {};

    /** Content of the scheduler's configuration file, for a scheduler with {@link Scheduler#configFileArg()}. */
    String config() default "";

    /** Seconds that a runnable task may wait before sched_ext ends the scheduler for a stall. */
    int watchdogTimeoutS() default 5;

    /** A program that runs instead of workers: a type annotated {@link Payload}. */
    Class<?> payload() default void.class;

    /** Programs that run beside the workers: types annotated {@link Payload}. */
    Class<?>[] workloads() default {};

    /**
     * Whether starvation fails the test: a worker without any work unit, or one over {@link #maxSpreadPct()} or
     * {@link #maxGapMs()}. Inherited from the scheduler, else on.
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

    /**
     * Largest ratio of the longest runqueue to the shortest (counted as at least 1) over the CPUs. Inherited from the
     * scheduler, else 4.
     */
    double maxImbalanceRatio() default 4.0;

    /** Most tasks in a local dispatch queue (DSQ). Inherited from the scheduler, else 50. */
    int maxLocalDsqDepth() default 50;

    /**
     * Whether a runqueue clock that stands still on a CPU with runnable tasks fails the test. Inherited from the
     * scheduler, else on.
     */
    boolean failOnStall() default true;

    /**
     * How many samples in a row, about 100 ms apart, a monitor check must see before it fails. Inherited from the
     * scheduler, else 5.
     */
    int sustainedSamples() default 5;

    /** Most sched_ext fallback dispatches per second. Inherited from the scheduler, else 200. */
    double maxFallbackRate() default 200.0;

    /** Most sched_ext keep-last dispatches per second. Inherited from the scheduler, else 100. */
    double maxKeepLastRate() default 100.0;

    /**
     * Largest 99th percentile of a cgroup's wake latencies, in nanoseconds. Inherited from the scheduler, else not
     * judged.
     */
    long maxP99WakeLatencyNs() default Long.MAX_VALUE;

    /**
     * Largest coefficient of variation of a cgroup's wake latencies. Inherited from the scheduler, else not judged.
     */
    double maxWakeLatencyCv() default Double.NaN;

    /** Fewest iterations per wall second of any worker. Inherited from the scheduler, else not judged. */
    double minIterationRate() default Double.NaN;

    /** Most migrations per iteration of a cgroup. Inherited from the scheduler, else not judged. */
    double maxMigrationRatio() default Double.NaN;

    /**
     * Smallest share, 0 to 1, of pages on the worker's own NUMA node. Inherited from the scheduler, else not judged.
     */
    double minPageLocality() default Double.NaN;

    /**
     * Largest share, 0 to 1, of pages that moved between NUMA nodes. Inherited from the scheduler, else not judged.
     */
    double maxCrossNodeMigrationRatio() default Double.NaN;

    /** Largest share, 0 to 1, of pages on memory-only NUMA nodes. Inherited from the scheduler, else not judged. */
    double maxSlowTierRatio() default Double.NaN;

    /**
     * Flags of the scheduler in every profile of this test, by constant: {@code "STEAL"}, or
     * {@code MitosisFlags.STEAL} from the class that is generated for the enum {@code Mitosis}. What they require comes with them.
     */
    String[] requiredFlags() default {};

    /** Flags of the scheduler in no profile of this test, by constant. */
    String[] excludedFlags() default {};

    /** Fewest last-level caches of a preset that the gauntlet takes. Inherited from the scheduler, else 1. */
    int minLlcs() default 1;

    /** Most last-level caches of a preset that the gauntlet takes. Inherited from the scheduler, else 12. */
    int maxLlcs() default 12;

    /** Fewest CPUs of a preset that the gauntlet takes. Inherited from the scheduler, else 1. */
    int minCpus() default 1;

    /** Most CPUs of a preset that the gauntlet takes. Inherited from the scheduler, else 192. */
    int maxCpus() default 192;

    /** Fewest NUMA nodes of a preset that the gauntlet takes. Inherited from the scheduler, else 1. */
    int minNumaNodes() default 1;

    /** Most NUMA nodes of a preset that the gauntlet takes. Inherited from the scheduler, else 1. */
    int maxNumaNodes() default 1;

    /**
     * Whether the gauntlet takes only presets with more than one thread per core. Inherited from the scheduler, else
     * false.
     */
    boolean requiresSmt() default false;

    /** Length of the scenario in seconds of guest time. */
    int durationS() default 12;

    /** Workers of a cgroup that names no count of its own. */
    int workersPerCgroup() default 2;

    /** Whether a run in which the scheduler dies is repeated with probes that show how it came to that. */
    boolean autoRepro() default true;

    /**
     * Whether each vCPU has a CPU of the host of its own and runs there in real time, so that timings mean something. Skipped where
     * the host has not one CPU more than the guest.
     */
    boolean performanceMode() default false;

    /** Says that the test never runs in {@link #performanceMode()}; what is the case without either of the two. */
    boolean noPerfMode() default false;

    /** Whether the test runs on the host without booting anything. */
    boolean hostOnly() default false;

    /** Turns the verdict round: the test passes only when the run fails. */
    boolean expectErr() default false;

    /** Text that the kernel's reason for ending the scheduler must hold; needs {@link #expectErr()}. */
    String expectScxBpfErrorContains() default "";

    /**
     * Regular expression that must be found in the kernel's reason for ending the scheduler; needs {@link #expectErr()}.
     */
    String expectScxBpfErrorMatches() default "";

    /** Values that the host writes into the scheduler's globals after it has loaded. */
    BpfMapWrite[] bpfMapWrite() default {};

    /** Captures of the scheduler's state, spread evenly over the scenario; 0 to 64. */
    int numSnapshots() default 0;

    /**
     * Name of a method {@code void name(VmResult)} of the same class, called on the host after the guest has ended.
     */
    String postVm() default "";

    /** Keeps the test out of the run. It is compiled and checked, and JUnit reports it as skipped. */
    boolean ignore() default false;
}
