/* One step of a scenario: its cgroups and the workers in them. One at a time. */
#ifndef KTSTR_STEP_H
#define KTSTR_STEP_H
#include "ktstr_wire.h"
#include <sys/resource.h>
#include <sys/types.h>

/* Makes the cgroups, forks the workers and moves them in; they wait. False with `error` when something failed. */
bool step_set_up(const struct kt_step_plan *plan, uint64_t cycles_per_ms, char *error, size_t room);

/* Lets the workers go; returns when. */
int64_t step_release(void);

/* Tells them to stop, waits for them, and kills those that do not; returns when they were told. */
int64_t step_stop(void);

/* Sends the reports of the workers. */
void step_send_workers(int step);

/* Removes the cgroups and forgets the workers. False with `error` (unless it holds one already) when a cgroup stays. */
bool step_clear_away(char *error, size_t room);

/* Whether a child that has ended was a worker. */
bool step_reaped(pid_t pid, int status, const struct rusage *usage);
#endif
