/* Answers and events, all through the agent's ring. */
#ifndef KTSTR_REPLY_H
#define KTSTR_REPLY_H
#include "frame.h"

/* Sends raw bytes; fatal when the host does not make room. */
void send_raw(uint32_t type, uint32_t request, const void *data, size_t length);

/* Sends what was written, and frees it. */
void send_written(uint32_t type, uint32_t request, struct kt_writer *w);

/* The request was done, and has no answer but that. */
void reply_ok(uint32_t request);

/* The request failed. */
void reply_error(uint32_t request, const char *format, ...) __attribute__((format(printf, 2, 3)));
#endif
