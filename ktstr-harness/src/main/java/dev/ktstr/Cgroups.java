package dev.ktstr;

import java.util.List;

/**
 * The cgroups of a run, one operation at a time: what a test makes itself, in the order and at the time it likes. Names are as in
 * {@link CgroupDef}. Each operation is done when the call returns. What is left when the test's body returns is removed then.
 *
 * <p>An operation that the kernel refuses throws an exception that says which, on what cgroup, and why.
 */
public interface Cgroups {
    /**
     * Makes a cgroup; those above it are made as needed.
     *
     * @throws IllegalArgumentException when there is one of that name, or it is no name for one
     */
    void add(String name);

    /**
     * Makes a cgroup that is confined to those CPUs.
     *
     * @throws IllegalArgumentException as {@link #add(String)}; also when the CPUs cannot be met on this topology
     */
    void add(String name, CpusetSpec cpuset);

    /**
     * Makes a cgroup with the cpuset and the settings of a definition; its workers are not started.
     *
     * @throws IllegalArgumentException as {@link #add(String, CpusetSpec)}
     */
    void add(CgroupDef def);

    /**
     * Confines a cgroup to those CPUs.
     *
     * @throws IllegalArgumentException when there is no such cgroup, or the CPUs cannot be met on this topology
     */
    void setCpuset(String name, CpusetSpec cpuset);

    /** Gives a cgroup every CPU of the one above it. */
    void clearCpuset(String name);

    /** Moves every task of a cgroup to another. */
    void moveTasks(String from, String to);

    /** Freezes a cgroup; returns when it is frozen. */
    void freeze(String name);

    /** Thaws a cgroup. */
    void unfreeze(String name);

    /** Ends what runs in a cgroup, and removes it with those below it. */
    void remove(String name);

    /** The cgroups that were made and not removed, in order. */
    List<String> names();
}
