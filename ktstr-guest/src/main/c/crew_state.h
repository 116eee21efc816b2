/* What the parts of a crew share: crew.c, crew_start.c, crew_cpuset.c, crew_report.c, leader.c. */
#ifndef KTSTR_CREW_STATE_H
#define KTSTR_CREW_STATE_H
#include "crew.h"
#include "leader.h"
#include "worker.h"

struct member {
	pid_t pid; /* its process: its own, or the leader's; 0 before the fork */
	int slot;
	bool ended; /* reaped, or the thread has written its totals */
	int status; /* as waitpid gives it */
	int64_t ended_ns;
	int64_t cpu_ns; /* as the kernel accounts it: for one that could not say itself */
};

struct crew {
	struct crew *next;
	struct kt_arena arena; /* of the group */
	struct kt_work_group group;
	char *cgroup;
	struct leader *leader; /* of threads; else NULL */
	struct worker_control *control;
	struct worker_log *logs;
	void *shared;
	struct member *members;
	uint32_t n, alive;
	uint32_t cpusets;        /* how many are in control->allowed */
	uint32_t cpuset_changes; /* how often the word was written */
	int64_t stop_ns;         /* 0: not stopped */
	bool terminated;         /* SIGTERM was sent */
};

/* All crews there are. */
extern struct crew *crews;

/* How many rows of cpusets workers may have written to. */
uint32_t crew_cpusets(const struct crew *crew);

/* The live counters of a worker. */
struct worker_slot *crew_slot(const struct crew *crew, uint32_t i);

/* Takes a free slot, -1 when there is none; gives one back. */
int slot_take(void);
void slot_give(int slot);

/* Notes that a worker has ended. */
void crew_ended(struct crew *crew, uint32_t i, int status, int64_t cpu_ns);

/* Notes threads that have written their totals since the last call. */
void crew_look(struct crew *crew);
#endif
