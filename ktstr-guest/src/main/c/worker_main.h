/* The life of a worker in its own process or thread. */
#ifndef KTSTR_WORKER_MAIN_H
#define KTSTR_WORKER_MAIN_H
#include "worker.h"
#include <signal.h>

/* Interrupts what a worker waits in, from the stop on. Ignored by programs that do not know it. */
#define WORKER_NUDGE SIGURG

/* What a worker is given. */
struct worker_start {
	const struct kt_work_group *group;
	void *shared;
	int index;
	bool thread;
	struct worker_slot *slot;
	struct worker_control *control;
	struct worker_log *log;
};

/* Gives a forked process the signal handling of workers. */
void worker_signals(void);

/* Configures itself, waits for its release, works until the stop, writes its totals. Returns its exit status. */
int worker_main(const struct worker_start *given);
#endif
