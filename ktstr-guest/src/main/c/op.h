/* One operation, in a scenario or alone: the one interpreter of them. */
#ifndef KTSTR_OP_H
#define KTSTR_OP_H
#include "ktstr_wire.h"

/* Where an operation stands: who owns what it makes, and how events count it. */
struct op_place {
	int owner; /* as in world.h */
	int index; /* in the step or backdrop, from 0; -1 alone */
};

/* Does it, and tells the host. False with what went wrong, in words, in `error`. */
bool op_run(const struct kt_op_plan *op, struct op_place at, char *error, size_t room);

/* What the host calls it, and what it is done to. */
const char *op_name(int32_t kind);
const char *op_subject(const struct kt_op_plan *op);

/* What is wrong with it as a value, or NULL. How many workers it starts is added to *workers. */
const char *op_wrong(const struct kt_op_plan *op, uint64_t *workers);
const char *cgroup_plan_wrong(const struct kt_cgroup_plan *plan, uint64_t *workers);
const char *work_group_wrong(const struct kt_work_group *group, uint64_t *workers);
#endif
