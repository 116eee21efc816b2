/* A scenario: the one interpreter of plans. */
#ifndef KTSTR_SCENARIO_H
#define KTSTR_SCENARIO_H
#include "frame.h"
#include "topology.h"
#include <sys/resource.h>
#include <sys/types.h>

/* What was measured at boot; workers need it. */
void scenario_init(const struct calibration *calibration);

/* Runs a plan to its end, and answers. Other requests on COM2 are served meanwhile. */
void scenario_run(const struct frame *frame);

/* Ends the running scenario early, if there is one. */
void scenario_abort(void);

/* Steps of the running scenario that were held in full. */
int scenario_completed_steps(void);

/* Whether a child that has ended was a worker; if so it is noted. */
bool scenario_reaped(pid_t pid, int status, const struct rusage *usage);
#endif
