/* The scheduler under test: started, watched, stopped. At most one. */
#ifndef KTSTR_SCHED_H
#define KTSTR_SCHED_H
#include "frame.h"
#include <poll.h>
#include <sys/types.h>

void sched_start(const struct frame *frame);
void sched_stop(const struct frame *frame);

/* The same as part of a scenario, with the arguments it had last; false with `error`. Its end is no death then. */
bool sched_start_again(int64_t timeout_ns, char *error, size_t room);
bool sched_stop_for_now(int64_t timeout_ns, char *error, size_t room);

/* Whether one was started, whether its process has ended without being asked to. */
bool sched_started(void);
bool sched_exited(void);

/* Adds its output to `fds`; returns how many entries that took. */
int sched_poll(struct pollfd *fds);

/* Sends on what it printed. */
void sched_turn(void);

/* Whether a child that has ended was the scheduler; if so the host was told. */
bool sched_reaped(pid_t pid, int status);

/* Reads /sys/kernel/sched_ext/state and root/ops; empty when there is none. */
void sched_read_state(char *state, size_t state_room, char *ops, size_t ops_room);
#endif
