/*
 * Single operations, and workers step by step: the low-level API. They come in at any time and are done between the turns of
 * the loop: when nothing runs, or while a step of a scenario holds.
 */
#ifndef KTSTR_LIVE_H
#define KTSTR_LIVE_H
#include "frame.h"

/* Keeps a request to be done; refuses it when too many wait already. */
void live_take(const struct frame *frame);

/* Does what waits. */
void live_serve(void);
#endif
