/* Commands the host runs in the guest, a few at a time, without anybody waiting for them. */
#ifndef KTSTR_EXEC_H
#define KTSTR_EXEC_H
#include "frame.h"
#include <poll.h>
#include <sys/types.h>

#define EXEC_JOBS 8

void exec_start(const struct frame *frame);

/* Adds what the jobs wait for to `fds`; returns how many. `deadline` becomes the next time-out if that is sooner. */
int exec_poll(struct pollfd *fds, int64_t *deadline);

/* Reads output, and kills what is over its time. */
void exec_turn(void);

/* Whether a child that has ended was one of ours; if so it was answered. */
bool exec_reaped(pid_t pid, int status);
#endif
