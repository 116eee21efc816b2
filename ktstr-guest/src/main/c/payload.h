/*
 * Programs that run beside workers: started, waited for, ended, their output kept within bounds. A payload is known by its
 * name until its owner (see world.h) ends, also after it has ended itself; the host is told of its end at once.
 */
#ifndef KTSTR_PAYLOAD_H
#define KTSTR_PAYLOAD_H
#include "ktstr_wire.h"
#include <poll.h>
#include <sys/types.h>

#define PAYLOADS 64 /* that run at a time */

/* Starts one. False with `error` when it cannot be. `op`: index of the operation, for the report. */
bool payload_start(const struct kt_payload_plan *plan, int owner, int op, char *error, size_t room);

/* Waits until one has ended; false with `error` when there is none of that name or the time (0: no limit) passes. */
bool payload_wait(const char *name, int64_t timeout_ns, char *error, size_t room);

/* Ends one: SIGTERM, then SIGKILL. */
bool payload_kill(const char *name, char *error, size_t room);

/* Begins to end what runs in a cgroup or below, or what an owner started; payload_await_ended waits for all such. */
void payload_end_in(const char *cgroup);
void payload_end_owner(int owner);
void payload_await_ended(void);

/* Forgets the names of what an owner started; all of it has ended. */
void payload_forget_owner(int owner);

/* Notes that what ran in one cgroup is now in another. */
void payload_moved(const char *from, const char *to);

/* Adds what they wait for to `fds`; returns how many. `deadline` becomes the next time-out if that is sooner. */
int payload_poll(struct pollfd *fds, int64_t *deadline);

/* Reads output, and ends what is over its time. */
void payload_turn(void);

/* Whether a child that has ended was one; if so the host was told. */
bool payload_reaped(pid_t pid, int status);
#endif
