/* The life of a worker in its own process or thread. */
#ifndef KTSTR_WORKER_MAIN_H
#define KTSTR_WORKER_MAIN_H
#include "worker.h"

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

/* Configures itself, waits for its release, works until the stop, writes its totals. Returns its exit status. */
int worker_main(const struct worker_start *start);
#endif
