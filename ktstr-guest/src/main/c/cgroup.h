/* Cgroups of version 2, directly below the root. */
#ifndef KTSTR_CGROUP_H
#define KTSTR_CGROUP_H
#include "ktstr_wire.h"
#include <sys/types.h>

/* Makes a cgroup and sets its cpuset. True, or false with what went wrong in `error`. */
bool cgroup_make(const struct kt_cgroup_plan *plan, char *error, size_t room);

/* Moves a process into it; likewise. */
bool cgroup_move(const char *name, pid_t pid, char *error, size_t room);

/* Kills everything in it. */
void cgroup_kill(const char *name);

/* Removes it if it is there; 0 or -1 with errno. */
int cgroup_remove(const char *name);
#endif
