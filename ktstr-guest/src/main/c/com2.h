/* COM2: the hello, fatal errors, and what comes in while a scenario runs. */
#ifndef KTSTR_COM2_H
#define KTSTR_COM2_H
#include "frame.h"

/* Opens /dev/ttyS1 in raw mode; fatal when it is not there. */
void com2_open(void);

/* Takes standard input and output instead: on a host the agent has no serial line. */
void com2_use_stdio(void);

/* Whether the other side is gone: standard input has ended. A serial line never does. */
bool com2_closed(void);

/* What to poll for input. */
int com2_fd(void);

/* Writes a frame; whether it went out within ten seconds. */
bool com2_send(uint32_t type, uint32_t request, const void *payload, size_t length);

/* Reads what is there without waiting; true and a frame when one is complete. Call again until it says false. */
bool com2_receive(struct frame *frame);

/* Sends a FATAL frame if the port is open. */
void com2_fatal(const char *why);
#endif
