/* What the host is told of a scenario's course, and what it is asked. */
#ifndef KTSTR_EVENT_H
#define KTSTR_EVENT_H
#include "frame.h"

/* What is done from now on belongs to this request of the host, and is what it tells; returns the one before. */
uint32_t event_request(uint32_t request);

/* The request in whose course things are done now; 0 for none. */
uint32_t event_current(void);

/* Tells that something was done. `step` and `op` as in StimulusEvent. */
void event_send(int step, int op, const char *what, const char *subject, int64_t started_ns, int64_t ended_ns);

/* Asks the host for something and waits for its answer; false with `error` when it cannot, or does not answer in time. */
bool event_ask_host(const char *name, int64_t timeout_ns, char *error, size_t room);

/* Takes the host's answer. */
void event_host_done(const struct frame *frame);
#endif
