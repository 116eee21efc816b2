/* What a worker measures at its ends; what it measures meanwhile is in worker.h. */
#ifndef KTSTR_TELEMETRY_H
#define KTSTR_TELEMETRY_H
#include "worker.h"

/* The kernel's account of a thread: /proc/PID/task/TID/schedstat. */
struct schedstat {
	long long cpu_ns, delay_ns, count;
	bool known;
};

/* What the totals are counted from. */
struct telemetry_start {
	struct schedstat schedstat;
	int64_t cpu_ns;
	bool pages_known;
	int64_t pages[WORKER_NODES];
	int64_t pages_migrated;
};

/* CPU time of the calling thread. */
int64_t telemetry_cpu_ns(void);

/* Reads /proc/TASK/schedstat, TASK being "thread-self" or "PID/task/TID". */
struct schedstat telemetry_schedstat(const char *task);

/* Before the worker waits for its release. */
void telemetry_begin(struct telemetry_start *start);

/* Right after its work: a last checkpoint, and the totals. */
void telemetry_end(struct worker *w, const struct telemetry_start *start);

#ifdef KTSTR_RAW_WAKES
/* Keeps a sample as it is; the test of the histogram has it. */
void raw_wake(const struct worker *w, uint64_t ns);
#endif
#endif
