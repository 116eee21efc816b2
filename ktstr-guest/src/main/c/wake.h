/* What a guest does when it goes on: it may be one of many forks of a saved guest. */
#ifndef KTSTR_WAKE_H
#define KTSTR_WAKE_H
#include "frame.h"

/* Sets the wall clock, reseeds the random number generator, sleeps as told, and answers with a hello; or with an error. */
void wake(const struct frame *frame);
#endif
