/* What a worker's task is given before it works: name, policy, nice value, CPUs, memory policy. */
#ifndef KTSTR_SETTLE_H
#define KTSTR_SETTLE_H
#include "worker.h"

/* Gives all of it to the calling thread, which is in its cgroup already; worker_fail names what was refused. */
void settle(struct worker *w);

/* Sets the CPUs a task may use, 0 being the calling one; none: all. 0 or -1 with errno. */
int settle_cpus(pid_t tid, const struct kt_i32_list *cpus);

/* Writes a list of numbers the way the kernel does: "0-3,8". */
void format_list(const struct kt_i32_list *list, char *to, size_t room);
#endif
