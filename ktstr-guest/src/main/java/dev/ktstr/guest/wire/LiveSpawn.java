package dev.ktstr.guest.wire;

/**
 * Starts workers that wait until they are told to begin.
 *
 * @param cgroup where; empty for the root
 * @param group the workers
 */
public record LiveSpawn(String cgroup, WorkGroup group) {}
