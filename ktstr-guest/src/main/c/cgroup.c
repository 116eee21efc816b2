#include "cgroup.h"
#include "cpulist.h"
#include "util.h"
#include <errno.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define MAX_PATH CGROUP_PATH
/* On a host, where tasks are that belong to no managed cgroup: a cgroup with controllers below it has no tasks of its own. */
#define OUTSIDE "ktstr.outside"

static char root[256] = "/sys/fs/cgroup";
static bool own_root;

void cgroup_path(const char *name, const char *file, char *to, size_t room)
{
	if (!name[0] && own_root && !strcmp(file, "cgroup.procs"))
		name = OUTSIDE;
	snprintf(to, room, "%s%s%s%s%s", root, name[0] ? "/" : "", name, file[0] ? "/" : "", file);
}

/*
 * Gives the cgroups below `name` what controllers it can give, one by one: a kernel without one of them still gives the
 * others. One that runs tasks cannot give any (cgroups(7), no internal processes), and then the write of a setting below
 * says so.
 */
static void give_controllers(const char *name)
{
	static const char *const CONTROLLERS[] = { "+cpuset", "+cpu", "+memory", "+pids" };
	char path[MAX_PATH];
	cgroup_path(name, "cgroup.subtree_control", path, sizeof(path));
	for (size_t i = 0; i < sizeof(CONTROLLERS) / sizeof(CONTROLLERS[0]); i++)
		if (write_text(path, CONTROLLERS[i]) && errno != EINVAL && errno != ENOENT && errno != EBUSY)
			say("cgroup '%s': cannot enable the controller %s: %s", name, CONTROLLERS[i] + 1, strerror(errno));
}

void cgroup_own_root(const char *path)
{
	char above[sizeof(root)];
	struct statfs fs;
	snprintf(above, sizeof(above), "%s", path);
	char *slash = strrchr(above, '/');
	if (path[0] != '/' || slash == above || strlen(path) >= sizeof(root))
		fatal("--cgroup wants an absolute path below the cgroup file system, not '%.200s'", path);
	*slash = 0;
	if (statfs(above, &fs) || fs.f_type != CGROUP2_SUPER_MAGIC)
		fatal("%s is no cgroup of version 2", above);
	snprintf(root, sizeof(root), "%s", path);
	if (mkdir(root, 0755))
		fatal("cannot make the cgroup %s: %s", root, strerror(errno));
	own_root = true;
	give_controllers("");
	char error[300];
	if (!cgroup_make(OUTSIDE, error, sizeof(error)))
		fatal("%s", error);
}

bool cgroup_exists(const char *name)
{
	char path[MAX_PATH];
	cgroup_path(name, "cgroup.procs", path, sizeof(path));
	return !access(path, F_OK);
}

/* The path without its last element; empty when it has but one. */
static void parent_of(const char *name, char *to, size_t room)
{
	const char *slash = strrchr(name, '/');
	snprintf(to, room, "%.*s", slash ? (int)(slash - name) : 0, name);
}

bool cgroup_make(const char *name, char *error, size_t room)
{
	char path[MAX_PATH], parent[CGROUP_NAME];
	parent_of(name, parent, sizeof(parent));
	if (parent[0] || own_root)
		give_controllers(parent);
	cgroup_path(name, "", path, sizeof(path));
	if (!mkdir(path, 0755))
		return true;
	snprintf(error, room, "making %s: %s", path, strerror(errno));
	return false;
}

/* Why a control file is not there. */
static void say_missing(const char *name, const char *file, char *to, size_t room)
{
	char path[MAX_PATH], parent[CGROUP_NAME], text[1024];
	const char *dot = strchr(file, '.');
	int length = dot ? (int)(dot - file) : (int)strlen(file);
	if (!cgroup_exists(name)) {
		snprintf(to, room, "there is no such cgroup");
		return;
	}
	parent_of(name, parent, sizeof(parent));
	cgroup_path(parent, "cgroup.controllers", path, sizeof(path));
	read_text(path, text, sizeof(text));
	char *token = text, *save = NULL;
	for (token = strtok_r(text, " ", &save); token; token = strtok_r(NULL, " ", &save))
		if ((int)strlen(token) == length && !strncmp(token, file, (size_t)length))
			break;
	if (token)
		snprintf(to, room,
			 "'%s' does not give its %.*s controller to the cgroups below it, as tasks run in it: move them to one below",
			 parent, length, file);
	else
		snprintf(to, room, "there is no %.*s controller of cgroup version 2 here", length, file);
}

static bool write_setting(const char *name, const char *file, const char *value, char *error, size_t room)
{
	char path[MAX_PATH], why[400];
	cgroup_path(name, file, path, sizeof(path));
	if (!write_text(path, value))
		return true;
	int failed = errno;
	if (failed == ENOENT)
		say_missing(name, file, why, sizeof(why));
	else
		snprintf(why, sizeof(why), "%s", strerror(failed));
	snprintf(error, room, "writing '%.200s' to %s: %s", value, file, why);
	errno = failed;
	return false;
}

static bool write_list(const char *name, const char *file, const struct kt_i32_list *list, char *error, size_t room)
{
	char *text = cpulist_format(list);
	bool ok = write_setting(name, file, text, error, room);
	int failed = errno;
	free(text);
	errno = failed;
	return ok;
}

bool cgroup_configure(const struct kt_cgroup_plan *plan, char *error, size_t room)
{
	char value[64];
	/* Nodes first: a cpuset without usable memory cannot take tasks. */
	if (plan->mems.n && !write_list(plan->name, "cpuset.mems", &plan->mems, error, room))
		return false;
	if (plan->cpus.n && !write_list(plan->name, "cpuset.cpus", &plan->cpus, error, room))
		return false;
	if (plan->cpu_weight) {
		snprintf(value, sizeof(value), "%d", plan->cpu_weight);
		if (!write_setting(plan->name, "cpu.weight", value, error, room))
			return false;
	}
	if (plan->cpu_max_quota_us >= 0) {
		snprintf(value, sizeof(value), "%lld %lld", (long long)plan->cpu_max_quota_us, (long long)plan->cpu_max_period_us);
		if (!write_setting(plan->name, "cpu.max", value, error, room))
			return false;
	}
	if (plan->memory_max >= 0) {
		snprintf(value, sizeof(value), "%lld", (long long)plan->memory_max);
		if (!write_setting(plan->name, "memory.max", value, error, room))
			return false;
	}
	if (plan->pids_max >= 0) {
		snprintf(value, sizeof(value), "%lld", (long long)plan->pids_max);
		if (!write_setting(plan->name, "pids.max", value, error, room))
			return false;
	}
	return true;
}

bool cgroup_set_cpus(const char *name, const struct kt_i32_list *cpus, char *error, size_t room)
{
	if (write_list(name, "cpuset.cpus", cpus, error, room))
		return true;
	if (cpus->n || errno != ENOSPC)
		return false;
	/* The kernel does not let a cpuset with tasks become empty (validate_change in cpuset.c); this is the same for them. */
	struct kt_arena arena = { 0 };
	struct kt_i32_list above = cgroup_parent_cpus(name, &arena);
	bool ok = write_list(name, "cpuset.cpus", &above, error, room);
	kt_arena_free(&arena);
	return ok;
}

static struct kt_i32_list read_cpus(const char *name, const char *file, struct kt_arena *arena)
{
	char path[MAX_PATH], text[8192];
	cgroup_path(name, file, path, sizeof(path));
	read_text(path, text, sizeof(text));
	return cpulist_parse(text, arena);
}

bool cgroup_own_cpus(const char *name, struct kt_i32_list *to, struct kt_arena *arena, char *error, size_t room)
{
	char path[MAX_PATH], why[400];
	cgroup_path(name, "cpuset.cpus", path, sizeof(path));
	if (access(path, R_OK)) {
		say_missing(name, "cpuset.cpus", why, sizeof(why));
		snprintf(error, room, "reading cpuset.cpus of '%s': %s", name, why);
		return false;
	}
	*to = read_cpus(name, "cpuset.cpus", arena);
	return true;
}

struct kt_i32_list cgroup_parent_cpus(const char *name, struct kt_arena *arena)
{
	char parent[CGROUP_NAME];
	parent_of(name, parent, sizeof(parent));
	return read_cpus(parent, "cpuset.cpus.effective", arena);
}

struct kt_i32_list cgroup_allowed_cpus(const char *name, struct kt_arena *arena)
{
	char above[CGROUP_NAME];
	snprintf(above, sizeof(above), "%s", name);
	for (char *end = above + strlen(above); end; end = strrchr(above, '/')) {
		*end = 0;
		if (above[0] && read_cpus(above, "cpuset.cpus", arena).n)
			return read_cpus(name, "cpuset.cpus.effective", arena);
	}
	return (struct kt_i32_list){ 0, NULL };
}
