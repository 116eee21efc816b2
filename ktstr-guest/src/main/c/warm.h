/* Running what a scenario runs, before one does. */
#ifndef KTSTR_WARM_H
#define KTSTR_WARM_H

/*
 * Makes processes that start, run, sleep, wake each other's CPUs and end, until that gets no faster. An emulator translates
 * code when it first runs: in a fork, whose emulator begins with nothing, the scenario would pay for the whole scheduler,
 * and measure it. A guest that booted does the same, so that both come from the same state.
 */
void warm_up(void);
#endif
