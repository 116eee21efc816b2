package dev.ktstr.guest.wire;

/**
 * Where a CPU sits, as the guest's sysfs tells it.
 *
 * @param cpu its number
 * @param node NUMA node
 * @param llc group of CPUs that share a level 3 cache, numbered densely by first CPU; -1 when sysfs names none
 * @param core first thread sibling, which names the core
 * @param packageId {@code topology/physical_package_id}
 * @param llcBytes size of that cache; 0 when sysfs names none
 */
public record CpuReport(int cpu, int node, int llc, int core, int packageId, long llcBytes) {}
