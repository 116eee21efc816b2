/*
 * Cgroups of version 2, by path below the root (in a guest the root of the hierarchy, on a host the agent's own cgroup).
 * What only touches the file system: what lives in them is in world.h. The empty path is where tasks are that belong to no
 * managed cgroup. Functions that can fail return false with what went wrong, in words, in `error`.
 */
#ifndef KTSTR_CGROUP_H
#define KTSTR_CGROUP_H
#include "ktstr_wire.h"
#include <sys/types.h>

#define CGROUP_NAME 200 /* room for any name that is valid, with its end */
#define CGROUP_PATH 512 /* room for any path */

/* The path of a cgroup's file, or of the cgroup itself when that is empty. */
void cgroup_path(const char *name, const char *file, char *to, size_t room);

/* Works below this folder instead of /sys/fs/cgroup; makes it. Fatal when it cannot. */
void cgroup_own_root(const char *path);

/* Kills everything in and below a cgroup and removes all of it, waiting a few seconds for the tasks to go. */
bool cgroup_remove_tree(const char *name, char *error, size_t room);

/* Whether a path can be one: one or more elements, none of them . or .. */
bool cgroup_valid(const char *name);

/* Whether one is the other or below it; nothing is below the empty path. */
bool cgroup_within(const char *name, const char *above);

bool cgroup_exists(const char *name);

/* Makes one cgroup; the one above exists, and gives it the controllers it can give. */
bool cgroup_make(const char *name, char *error, size_t room);

/* Writes what the plan sets. */
bool cgroup_configure(const struct kt_cgroup_plan *plan, char *error, size_t room);

/* Sets its cpuset; an empty list means that of the one above. */
bool cgroup_set_cpus(const char *name, const struct kt_i32_list *cpus, char *error, size_t room);

/* Its own cpuset; empty when it has none. */
bool cgroup_own_cpus(const char *name, struct kt_i32_list *to, struct kt_arena *arena, char *error, size_t room);

/* The CPUs that the one above has in force; empty where there is no cpuset controller. */
struct kt_i32_list cgroup_parent_cpus(const char *name, struct kt_arena *arena);

/* The CPUs it has in force; empty when neither it nor one above has a cpuset. */
struct kt_i32_list cgroup_allowed_cpus(const char *name, struct kt_arena *arena);

/* Moves a process into it. */
bool cgroup_move(const char *name, pid_t pid, char *error, size_t room);

/* Moves all processes that are in one into another. */
bool cgroup_move_all(const char *from, const char *to, char *error, size_t room);

/* Freezes or thaws it; whether the kernel says that it is done is for cgroup_frozen to see. */
bool cgroup_freeze(const char *name, bool frozen, char *error, size_t room);
bool cgroup_frozen(const char *name);

/* Kills everything in it and below. */
void cgroup_kill(const char *name);
#endif
