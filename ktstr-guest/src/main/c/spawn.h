/* Starting a program with its output in a pipe. */
#ifndef KTSTR_SPAWN_H
#define KTSTR_SPAWN_H
#include "ktstr_wire.h"
#include <sys/types.h>

/*
 * Starts argv in a session of its own, standard input empty, output and error together in *output (non-blocking; the
 * caller closes it). Returns its pid, or -1 with errno when it could not be started.
 */
pid_t spawn(const struct kt_text_list *argv, int *output);

/* What waitpid said as exit code and signal. */
void split_status(int status, int32_t *exit_code, int32_t *signal);
#endif
