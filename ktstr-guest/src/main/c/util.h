/* Small things every part needs. */
#ifndef KTSTR_UTIL_H
#define KTSTR_UTIL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NS_PER_MS 1000000ll
#define NS_PER_S 1000000000ll

/* CLOCK_MONOTONIC. */
int64_t now_ns(void);

/* Now plus `ns`; far in the future instead of an overflow. */
int64_t deadline_after(int64_t ns);

/* Makes the calling process the agent; what ends it is called before it exits where it is not init. */
void agent_is_me(void (*at_end)(void));

/* Whether the calling process is the agent, not one of its children. */
bool agent_am_i(void);

/* Prints a line to the console. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says why on the console and on COM2, and powers off. Only for what cannot go on. */
void fatal(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Ends the agent and with it the guest; a child of it only exits. */
void power_off(void) __attribute__((noreturn));

/* Reads a small file as text without its last newline; empty when it cannot be read. Returns whether it could. */
bool read_text(const char *path, char *to, size_t room);

/* Reads the number a file begins with, or `otherwise`. */
long read_number(const char *path, long otherwise);

/* Writes a control file by one write; 0 or -1 with errno. */
int write_text(const char *path, const char *text);

/* Makes the folders above a path; 0 or -1 with errno. */
int make_parents(const char *path);

/* Parses "0-3,8" into `set`, a bitmap of `max` bits; returns how many bits it set. */
int parse_cpu_list(const char *text, uint64_t *set, int max);

bool bit_get(const uint64_t *set, int bit);
void bit_set(uint64_t *set, int bit);

/* A copy of a text, freed by the caller; fatal when memory is out. */
char *copy_text(const char *text);

/* Text made of a format, freed by the caller; fatal when memory is out. */
char *format_text(const char *format, ...) __attribute__((format(printf, 1, 2)));
#endif
