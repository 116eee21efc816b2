/* Where a process's memory is. */
#ifndef KTSTR_NUMA_H
#define KTSTR_NUMA_H
#include "worker.h"

/*
 * Counts the anonymous pages of the calling process by node, in pages of 4 KiB: /proc/self/numa_maps, see its description in
 * Documentation/filesystems/proc.rst. Threads of one process have the same. False when the kernel has no such file.
 */
bool numa_pages(int64_t pages[WORKER_NODES]);

/* Adds up one line of numa_maps; for tests apart. */
void numa_line(const char *line, int64_t pages[WORKER_NODES]);

/*
 * Pages that NUMA balancing moved between nodes on the calling thread's faults (numa_pages_migrated in
 * /proc/thread-self/sched); -1 when the kernel does not count them.
 */
int64_t numa_pages_migrated(void);
#endif
