/* The cgroups that somebody asked for, and what the plan says of them: whose they are, and the CPUs they may have. */
#ifndef KTSTR_PLACE_H
#define KTSTR_PLACE_H
#include "ktstr_wire.h"
#include <stdbool.h>

/* A cgroup of ours, or one that was frozen by us. */
struct place {
	struct place *next; /* made before it */
	char *name;
	int owner;
	bool made;
	bool frozen;
	int frozen_by;
	struct kt_i32_list cpus; /* its cpuset as the plan has it; ours to free */
};

/* The one made last; the others follow. */
struct place *place_first(void);

/* The one of that name, or NULL. */
struct place *place_of(const char *name);

/* Notes one. `made`: by us. */
struct place *place_add(const char *name, int owner, bool made);

/* Forgets one; what is in the kernel stays. */
void place_forget(struct place *place);

/* Notes the cpuset of the plan; nothing for a name that is not ours. */
void place_note_cpus(const char *name, const struct kt_i32_list *cpus);

/*
 * The CPUs that the plan lets a cgroup have; none for all. Not what the kernel says: somebody else may have changed that, and
 * it is what workers are judged by. Above the cgroups that we made the kernel is asked.
 */
struct kt_i32_list place_planned_cpus(const char *name, struct kt_arena *arena);
#endif
