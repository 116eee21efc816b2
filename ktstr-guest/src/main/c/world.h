/*
 * What lives in the guest because somebody asked for it: cgroups, and crews of workers in them. Each thing has an owner and
 * ends with it: a step (its index), the backdrop, or the low-level API. Functions that can fail return false with what went
 * wrong, in words, in `error`.
 */
#ifndef KTSTR_WORLD_H
#define KTSTR_WORLD_H
#include "crew.h"

enum { OWNER_BACKDROP = -1, OWNER_LIVE = -2 };

/* A crew with what the world knows of it. */
struct team {
	struct team *next;
	struct crew *crew;
	int owner;
	int handle;       /* for the low-level API; unique */
	uint32_t request; /* in whose course it was started */
	char *cgroup;     /* where it is now; empty for the root */
	bool released;
};

/* The owner's step as events and reports count it. */
int world_step(int owner);

/* Makes a cgroup, those above it as needed, and writes its settings. */
bool world_make(int owner, const struct kt_cgroup_plan *plan, char *error, size_t room);

/* Starts the workers of a group; they wait. NULL with `error` when they cannot be. */
struct team *world_start(int owner, const struct kt_work_group *group, const char *cgroup, char *error, size_t room);

/* Releases them; returns when. */
int64_t world_release(struct team *team);

/* Releases all of an owner's that wait; returns when. */
int64_t world_release_all(int owner);

/* The team of a handle, or NULL. */
struct team *world_team(int handle);

/* The next team directly in a cgroup after `after` (NULL: the first), or NULL. */
struct team *world_next_in(const char *cgroup, struct team *after);

/* Changes a cpuset; a list without CPUs makes it that of the cgroup above. Workers in it and below are judged accordingly. */
bool world_set_cpus(const char *cgroup, const struct kt_i32_list *cpus, char *error, size_t room);

/* Moves workers of a team, or everything directly in a cgroup. */
bool world_move_team(struct team *team, const char *to, char *error, size_t room);
bool world_move_all(const char *from, const char *to, char *error, size_t room);

/* Freezes or thaws a cgroup and waits for it. What an owner froze is thawed when it ends. */
bool world_freeze(int owner, const char *cgroup, bool frozen, int64_t timeout_ns, char *error, size_t room);

/* Stops one team, what is in a cgroup and below, or what an owner has; sends the reports. */
void world_stop_team(struct team *team);
void world_stop_in(const char *cgroup);
void world_stop_owner(int owner);

/* Stops what is in a cgroup and below, and removes all of it. */
bool world_remove(const char *cgroup, char *error, size_t room);

/* Removes an owner's cgroups, the last first, and forgets its payloads. They were stopped; what others have in there is stopped now. */
bool world_remove_owner(int owner, char *error, size_t room);
#endif
