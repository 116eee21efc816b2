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
};

/* CPU time of the calling thread. */
int64_t telemetry_cpu_ns(void);

/* Right before the worker waits for its release. */
struct telemetry_start telemetry_begin(void);

/* Right after its work: a last checkpoint, and the totals. */
void telemetry_end(struct worker *w, const struct telemetry_start *start);
#endif
