/* What a guest does when it goes on: it may be one of many forks of a saved guest. */
#ifndef KTSTR_WAKE_H
#define KTSTR_WAKE_H
#include "frame.h"

/* Opens what a wake-up needs, before the guest may be saved. */
void wake_prepare(void);

/* Waits for the host's word without sleeping, for a moment: a guest that is saved meanwhile goes on with this, and not with a timer. */
void wake_await(void);

/* Sets the wall clock, reseeds the random number generator, waits as told, and answers with a hello; or with an error. */
void wake(const struct frame *frame);

/* Runs what a scenario runs until that gets no faster, and answers with a hello. */
void wake_warm_up(const struct frame *frame);
#endif
