/*
 * A crew: the workers of one work group in one cgroup, from fork to reports. Starting is in two phases: workers are forked,
 * moved into the cgroup and configured, and work only once they are released, so that no work is done outside it.
 */
#ifndef KTSTR_CREW_H
#define KTSTR_CREW_H
#include "ktstr_wire.h"
#include <sys/resource.h>
#include <sys/types.h>

struct crew;

/* Once, before any crew: how many cycles the counter makes in a millisecond. Raises the limit of open files for what workers share. */
void crew_init(uint64_t cycles_per_ms);

/*
 * Forks, moves and configures the workers of a group; they wait. `cgroup` is a path below the root, "" for where the agent
 * is. The group is copied. NULL with what failed in `error`; nothing is left then.
 */
struct crew *crew_start(const struct kt_work_group *group, const char *cgroup, char *error, size_t room);

/* Lets them work; returns when (CLOCK_MONOTONIC). */
int64_t crew_release(struct crew *crew);

/* Tells them to end; does not wait. Those that were not released end without having worked. */
void crew_stop(struct crew *crew);

/*
 * Waits until the workers of these crews, which were all stopped, have ended, serving the loop; kills what has not ended by
 * the deadline (CLOCK_MONOTONIC), and waits up to five seconds more. Whether all ended by themselves. Killing a worker that
 * is a thread kills its whole process, other crews' workers included.
 */
bool crew_await(struct crew **crews, int n, int64_t deadline);

/* Whether a child that has ended belonged to a crew; to be called for each. */
bool crew_reaped(pid_t pid, int status, const struct rusage *usage);

/* Sets the CPUs of its workers: worker i gets list i modulo their number; no list at all: every CPU. */
bool crew_set_affinity(struct crew *crew, const struct kt_cpu_list_list *lists, char *error, size_t room);

/* Moves its processes; workers that share one with another crew take that along. */
bool crew_move(struct crew *crew, const char *to_cgroup, char *error, size_t room);

/*
 * The cpuset its workers are judged by is about to become `next` (none: every CPU): until crew_cpuset_changed, both are
 * right. To be called before what changes it, be that a write or a move.
 */
void crew_cpuset_changing(struct crew *crew, const struct kt_i32_list *next);

/* From now on `now_allowed` is the one. To be called after what changes it returned, also when that failed; and once before the release. */
void crew_cpuset_changed(struct crew *crew, const struct kt_i32_list *now_allowed);

/* How many workers it has. */
uint32_t crew_size(const struct crew *crew);

/* Process and thread id of a worker, and its iterations so far. */
pid_t crew_pid(const struct crew *crew, uint32_t i);
pid_t crew_tid(const struct crew *crew, uint32_t i);
int64_t crew_iterations(const struct crew *crew, uint32_t i);

/* What worker i did. Lists in it lie in memory that the next call takes again. Final once the crew was awaited. */
void crew_report(const struct crew *crew, uint32_t i, int step, struct kt_worker_report *to);

/* Kills what is left of it, and frees it. NULL is nothing. */
void crew_free(struct crew *crew);
#endif
