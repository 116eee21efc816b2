/* The one place where init waits. */
#ifndef KTSTR_LOOP_H
#define KTSTR_LOOP_H
#include <stdint.h>

/* Takes over SIGCHLD. */
void loop_init(void);

/*
 * Waits for something to happen, at most until `deadline` (CLOCK_MONOTONIC), and deals with it: children that ended, output
 * of the scheduler and of commands, requests on COM2. Not the host's ring: only the idle loop takes requests from there.
 */
void loop_turn(int64_t deadline);

/* Serves the host for ever: the ring is looked at every millisecond, as the host may fill it while the guest is stopped. */
void loop_forever(void) __attribute__((noreturn));
#endif
