/*
 * What workers do, by kind. A function runs until worker_stopped(w), counts units and iterations and looks about often
 * (worker.h). Whatever it waits in ends when a signal comes: from the stop on one comes every few milliseconds. The page
 * work-types.md of the documentation says what a unit, an iteration and a wake sample is for each.
 */
#ifndef KTSTR_WORK_H
#define KTSTR_WORK_H
#include "worker.h"

/* Name of a kind, as users write it. */
const char *work_name(int32_t kind);

/* How many workers belong together: 1, 2 for pairs, … */
int work_group_size(const struct kt_work_group *group);

/* Whether a group can be run: its parameters are in range, its size divides. Otherwise `error` says why not. */
bool work_check(const struct kt_work_group *group, char *error, size_t room);

/* Bytes of memory, shared and zeroed, that all workers of the group get as w->shared; 0 for none. */
size_t work_shared_size(const struct kt_work_group *group);

/*
 * Readies that memory for n workers, once, in the process that then forks or creates them. False with what went wrong in
 * `error`.
 */
bool work_share(void *shared, const struct kt_work_group *group, int n, char *error, size_t room);

/* Closes what work_share opened, in the same process: after the forks, or after the threads ended. */
void work_unshare(void *shared, const struct kt_work_group *group, int n);

/*
 * In the worker, once it is configured and before it is released: memory, files, the way to its partner. All workers of a
 * group are in it at the same time. worker_fail when it cannot.
 */
void work_prepare(struct worker *w);

/* In the worker, from its release to the stop. */
void work_run(struct worker *w);

/* Frees what work_prepare made; also after a failure. Matters to threads, whose process goes on. */
void work_clean(struct worker *w);

/*
 * Brings what a program of a user counted to its slot and log, as far as it has come. To be called by the agent before
 * either is read; nothing for other kinds. `cpusets`: how many there were so far.
 */
void work_collect(void *shared, const struct kt_work_group *group, int index, uint32_t cpusets, struct worker_slot *slot,
		  struct worker_log *log);
#endif
