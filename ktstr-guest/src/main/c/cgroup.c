#include "cgroup.h"
#include "util.h"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOT "/sys/fs/cgroup"

static void path_of(const char *name, const char *file, char *to, size_t room)
{
	snprintf(to, room, ROOT "/%s%s%s", name, file[0] ? "/" : "", file);
}

/* One or more path elements: nothing above the root can be named. */
static bool valid(const char *name)
{
	if (strlen(name) >= 200)
		return false;
	for (const char *at = name;; at++) {
		size_t length = strcspn(at, "/");
		if (!length || (length <= 2 && strspn(at, ".") == length))
			return false;
		at += length;
		if (!*at)
			return true;
	}
}

static bool set_cpus(const struct kt_cgroup_plan *plan, char *error, size_t room)
{
	char path[512];
	struct kt_writer list = { 0 };
	for (uint32_t i = 0; i < plan->cpus.n; i++) {
		char number[16];
		int n = snprintf(number, sizeof(number), "%s%d", i ? "," : "", plan->cpus.v[i]);
		kt_put_raw(&list, number, (size_t)n);
	}
	kt_put_raw(&list, "", 1);
	if (list.failed)
		fatal("out of memory");
	path_of(plan->name, "cpuset.cpus", path, sizeof(path));
	bool ok = !write_text(path, (char *)list.data);
	if (!ok)
		snprintf(error, room, "cgroup '%s': writing '%.200s' to cpuset.cpus: %s", plan->name, (char *)list.data,
			 errno == ENOENT ? "the kernel has no cpuset controller" : strerror(errno));
	free(list.data);
	return ok;
}

bool cgroup_make(const struct kt_cgroup_plan *plan, char *error, size_t room)
{
	char path[512];
	if (!valid(plan->name)) {
		snprintf(error, room, "'%.200s' is no name for a cgroup", plan->name);
		return false;
	}
	path_of(plan->name, "", path, sizeof(path));
	if (mkdir(path, 0755)) {
		snprintf(error, room, "cgroup '%s': making %s: %s", plan->name, path, strerror(errno));
		return false;
	}
	return !plan->cpus.n || set_cpus(plan, error, room);
}

bool cgroup_move(const char *name, pid_t pid, char *error, size_t room)
{
	char path[512], number[16];
	path_of(name, "cgroup.procs", path, sizeof(path));
	snprintf(number, sizeof(number), "%d", pid);
	if (!write_text(path, number))
		return true;
	snprintf(error, room, "cgroup '%s': moving process %d into it: %s", name, pid, strerror(errno));
	return false;
}

void cgroup_kill(const char *name)
{
	char path[512];
	path_of(name, "cgroup.kill", path, sizeof(path));
	/* Fails on kernels before 5.14; the workers are then killed one by one all the same. */
	if (valid(name) && write_text(path, "1") && errno != ENOENT)
		say("cgroup '%s': cgroup.kill: %s", name, strerror(errno));
}

int cgroup_remove(const char *name)
{
	char path[512];
	if (!valid(name))
		return 0;
	path_of(name, "", path, sizeof(path));
	return rmdir(path) && errno != ENOENT ? -1 : 0;
}
