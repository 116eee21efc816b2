/* Cgroups and the tasks in them: moved, frozen, killed; and the end of cgroups. */
#include "cgroup.h"
#include "loop.h"
#include "util.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define MOVE_ROUNDS 20 /* tasks that fork while they are moved need another round */
#define REMOVE_NS (5 * NS_PER_S)

bool cgroup_move(const char *name, pid_t pid, char *error, size_t room)
{
	char path[CGROUP_PATH], number[16];
	cgroup_path(name, "cgroup.procs", path, sizeof(path));
	snprintf(number, sizeof(number), "%d", pid);
	if (!write_text(path, number))
		return true;
	int failed = errno;
	snprintf(error, room, "moving process %d to cgroup '%s': %s%s", pid, name, strerror(failed),
		 failed == EBUSY   ? "; a cgroup that gives controllers to those below it cannot run tasks itself" :
		 failed == ENOSPC  ? "; its cpuset has no CPU or no memory node" :
		 failed == ENOENT  ? "; there is no such cgroup" :
		 failed == ESRCH   ? "; it has ended" :
				     "");
	errno = failed;
	return false;
}

bool cgroup_move_all(const char *from, const char *to, char *error, size_t room)
{
	char path[CGROUP_PATH], text[65536];
	cgroup_path(from, "cgroup.procs", path, sizeof(path));
	for (int round = 0; round < MOVE_ROUNDS; round++) {
		if (!read_text(path, text, sizeof(text))) {
			snprintf(error, room, "reading %s: %s", path, strerror(errno));
			return false;
		}
		if (!text[0])
			return true;
		char *save = NULL;
		for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			pid_t pid = (pid_t)strtol(line, NULL, 10);
			if (pid > 0 && !cgroup_move(to, pid, error, room) && errno != ESRCH)
				return false;
		}
	}
	snprintf(error, room, "tasks of '%s' fork faster than they can be moved to '%s'", from, to);
	return false;
}

bool cgroup_freeze(const char *name, bool frozen, char *error, size_t room)
{
	char path[CGROUP_PATH];
	cgroup_path(name, "cgroup.freeze", path, sizeof(path));
	if (!write_text(path, frozen ? "1" : "0"))
		return true;
	snprintf(error, room, "writing %d to cgroup.freeze: %s", frozen, errno == ENOENT ? "there is no such cgroup" : strerror(errno));
	return false;
}

/* Whether cgroup.events says "KEY 1". */
static bool event_is_set(const char *name, const char *key)
{
	char path[CGROUP_PATH], text[256];
	cgroup_path(name, "cgroup.events", path, sizeof(path));
	read_text(path, text, sizeof(text));
	const char *at = strstr(text, key);
	return at && at[strlen(key)] == ' ' && at[strlen(key) + 1] == '1';
}

bool cgroup_frozen(const char *name)
{
	return event_is_set(name, "frozen");
}

void cgroup_kill(const char *name)
{
	char path[CGROUP_PATH];
	cgroup_path(name, "cgroup.kill", path, sizeof(path));
	if (!write_text(path, "1") || errno != ENOENT || !cgroup_exists(name))
		return;
	/* A kernel before 5.14. */
	char text[65536], *save = NULL;
	cgroup_path(name, "cgroup.procs", path, sizeof(path));
	read_text(path, text, sizeof(text));
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		kill((pid_t)strtol(line, NULL, 10), SIGKILL);
}

/* Removes cgroups from below; false with errno at the first that cannot be. */
static bool remove_dirs(const char *path)
{
	DIR *dir = opendir(path);
	if (!dir)
		return errno == ENOENT;
	bool ok = true;
	for (struct dirent *entry = readdir(dir); entry && ok; entry = readdir(dir)) {
		if (entry->d_type != DT_DIR || entry->d_name[0] == '.')
			continue;
		char below[CGROUP_PATH];
		ok = snprintf(below, sizeof(below), "%s/%s", path, entry->d_name) < (int)sizeof(below) && remove_dirs(below);
	}
	int failed = errno;
	closedir(dir);
	errno = failed;
	return ok && (!rmdir(path) || errno == ENOENT);
}

bool cgroup_remove_tree(const char *name, char *error, size_t room)
{
	char path[CGROUP_PATH];
	cgroup_path(name, "", path, sizeof(path));
	int64_t deadline = now_ns() + REMOVE_NS;
	while (!remove_dirs(path)) {
		if (errno != EBUSY || now_ns() > deadline) {
			snprintf(error, room, "removing %s: %s", path, strerror(errno));
			return false;
		}
		/* Tasks that nobody stopped; and one leaves its cgroup only some time after it was reaped. */
		if (event_is_set(name, "populated"))
			cgroup_kill(name);
		loop_turn(now_ns() + NS_PER_MS);
	}
	return true;
}
