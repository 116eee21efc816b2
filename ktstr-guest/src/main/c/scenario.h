/* A scenario: a plan run from start to end. */
#ifndef KTSTR_SCENARIO_H
#define KTSTR_SCENARIO_H
#include "frame.h"

/* Runs a plan to its end, and answers. Requests on COM2 are served meanwhile; single operations while a step holds. */
void scenario_run(const struct frame *frame);

/* Ends the running scenario early, if there is one. */
void scenario_abort(void);

/* Whether the running scenario has to end early: it was asked to, or its scheduler died. What waits in it gives up. */
bool scenario_ends_early(void);

/* Steps of the running scenario that were held in full. */
int scenario_completed_steps(void);
#endif
