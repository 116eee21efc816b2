/* Starting a program with its output in pipes. */
#ifndef KTSTR_SPAWN_H
#define KTSTR_SPAWN_H
#include "ktstr_wire.h"
#include <sys/types.h>

/* How to start one. */
struct spawn_how {
	const struct kt_text_list *argv;
	const char *cgroup; /* where it shall run, from its first instruction on; NULL for where the agent is */
	bool split;         /* whether standard error has a pipe of its own */
};

/*
 * Starts a program in a session of its own, standard input empty, output in *output and, when split, errors in *errors
 * (non-blocking; the caller closes them). Returns its pid, or -1 with what failed in `error`.
 */
pid_t spawn(const struct spawn_how *how, int *output, int *errors, char *error, size_t room);

/* What waitpid said as exit code and signal. */
void split_status(int status, int32_t *exit_code, int32_t *signal);
#endif
