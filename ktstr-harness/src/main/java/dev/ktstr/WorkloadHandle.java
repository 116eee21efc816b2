package dev.ktstr;

import java.util.List;

/**
 * Workers that were spawned by {@link Ctx#spawn}. They are in their cgroup with their policy and affinity, and do nothing until
 * {@link #start}. Closing stops them; {@link #stopAndCollect} also gives what they report. Not thread-safe.
 */
public interface WorkloadHandle extends AutoCloseable {
    /** The thread of each worker, in order. */
    List<Integer> tids();

    /** The process of each worker, in order; of workers that are threads of one process, the same number. */
    List<Integer> pids();

    /**
     * Lets them begin. Time counts from here.
     *
     * @throws IllegalStateException when they were started or stopped already
     */
    void start();

    /**
     * Gives them an affinity.
     *
     * @throws IllegalArgumentException when it cannot be met within their cgroup's CPUs
     */
    void setAffinity(Affinity affinity);

    /** Moves them to another cgroup; empty for the root. */
    void moveTo(String cgroup);

    /** Iterations of each worker up to now, in order; they go on. */
    List<Long> snapshotIterations();

    /**
     * Stops them and gives what they report.
     *
     * @throws IllegalStateException when they were stopped already
     */
    CgroupStats stopAndCollect();

    /** Stops them, unless they are stopped already. */
    @Override
    void close();
}
