/* Memory that the agent shares with its workers: one mapping, made before any of them, so that all see it at one address. */
#ifndef KTSTR_ARENA_H
#define KTSTR_ARENA_H
#include <stddef.h>
#include <sys/types.h>

/* Zeroed memory that begins at a page; NULL with errno when there is none. Only the agent allocates and frees. */
void *arena_alloc(size_t size);

/* Gives memory back to the system, too. NULL is nothing. */
void arena_free(void *memory);

/* A file descriptor through which the arena can be mapped, and where `address` lies in it. For programs that a worker executes. */
int arena_fd(const void *address, off_t *offset);
#endif
