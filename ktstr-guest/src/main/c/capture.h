/* Output of a program, kept within a bound: its beginning and its end, and how much there was. */
#ifndef KTSTR_CAPTURE_H
#define KTSTR_CAPTURE_H
#include "ktstr_wire.h"

struct capture {
	int fd;        /* -1: closed */
	size_t bound;  /* bytes kept */
	uint8_t *head; /* the first half of the bound */
	uint8_t *tail; /* a ring with the last half */
	int64_t total; /* bytes there were */
};

/* Begins to keep what comes from fd; fatal when memory is out. */
void capture_open(struct capture *capture, int fd, int64_t bound);

/* Reads what is there, but not without end: who floods is served again later. */
void capture_turn(struct capture *capture);

/* Reads what is left and closes; what a grandchild writes later is not waited for. */
void capture_close(struct capture *capture);

/* What was kept, put together in memory that the caller frees. */
struct kt_bytes capture_bytes(const struct capture *capture);

/* Frees what it holds. */
void capture_free(struct capture *capture);
#endif
