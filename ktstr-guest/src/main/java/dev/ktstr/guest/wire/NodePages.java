package dev.ktstr.guest.wire;

/**
 * Pages of a worker on one NUMA node.
 *
 * @param node the node
 * @param pages how many
 */
public record NodePages(int node, long pages) {}
