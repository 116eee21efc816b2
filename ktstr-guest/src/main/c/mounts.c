#include "mounts.h"
#include "util.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

struct mount_entry {
	const char *type;
	const char *at;
	const char *options;
	bool needed;
};

static const struct mount_entry MOUNTS[] = {
	{ "proc", "/proc", NULL, true },
	{ "sysfs", "/sys", NULL, true },
	{ "devtmpfs", "/dev", NULL, true },
	{ "tmpfs", "/dev/shm", "mode=1777", false },
	{ "tmpfs", "/tmp", "mode=1777", true },
	{ "tmpfs", "/run", "mode=755", true },
	{ "cgroup2", "/sys/fs/cgroup", NULL, true },
	{ "bpf", "/sys/fs/bpf", NULL, false },
	{ "debugfs", "/sys/kernel/debug", NULL, false },
	{ "tracefs", "/sys/kernel/tracing", NULL, false },
};

static const char *const CONTROLLERS[] = { "+cpuset", "+cpu", "+memory", "+pids" };

void mount_all(void)
{
	for (size_t i = 0; i < sizeof(MOUNTS) / sizeof(MOUNTS[0]); i++) {
		const struct mount_entry *m = &MOUNTS[i];
		mkdir(m->at, 0755); /* exists, or the mount says what is wrong */
		if (mount(m->type, m->at, m->type, 0, m->options) && errno != EBUSY && m->needed)
			fatal("cannot mount %s at %s: %s", m->type, m->at, strerror(errno));
	}
	/* One by one: a kernel without one of them still gives the others. */
	for (size_t i = 0; i < sizeof(CONTROLLERS) / sizeof(CONTROLLERS[0]); i++)
		if (write_text("/sys/fs/cgroup/cgroup.subtree_control", CONTROLLERS[i]) && errno != EINVAL && errno != ENOENT)
			say("cannot enable the cgroup controller %s: %s", CONTROLLERS[i] + 1, strerror(errno));
	mkdir("/var", 0755);
	if (symlink("/run", "/var/run") && errno != EEXIST)
		say("cannot link /var/run: %s", strerror(errno));
	/* Loading BPF programs needs locked memory on kernels before 5.11 and descriptors on all. */
	setrlimit(RLIMIT_MEMLOCK, &(struct rlimit){ RLIM_INFINITY, RLIM_INFINITY });
	setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 65536, 65536 });
}
