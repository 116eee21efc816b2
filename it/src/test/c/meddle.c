/*
 * Does to workers, inside the guest, what nobody told the agent of. Times on standard output are CLOCK_MONOTONIC, in ns.
 *
 *   meddle pause CGROUP MS          stops the first process of the cgroup, once it has worked, and lets it go on:
 *                                   prints when it stood still, from and until
 *   meddle blip CGROUP MS TIMES HOME AWAY
 *                                   gives the cgroup the CPU AWAY for so long instead of HOME, so many times; runs on
 *                                   HOME meanwhile, so that the worker has AWAY to itself. The time is over only when
 *                                   the worker has worked there: an emulated CPU may be given to it and not run
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKED_NS 200000000ll
#define LIMIT_NS 60000000000ll
#define STACK (256u << 10)
#define CHANGES 3

static long long now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void rest(long long ns)
{
	nanosleep(&(struct timespec){ ns / 1000000000, ns % 1000000000 }, NULL);
}

static int fail(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	return 1;
}

static long long number(const char *path)
{
	long long value = 0;
	FILE *file = fopen(path, "re");
	if (file && fscanf(file, "%lld", &value) != 1)
		value = 0;
	if (file)
		fclose(file);
	return value;
}

/* The first process of the cgroup, once it is there and has used so much CPU time. */
static pid_t worker(const char *cgroup)
{
	long long end = now() + LIMIT_NS;
	char path[256];
	while (now() < end) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/cgroup.procs", cgroup);
		pid_t pid = (pid_t)number(path);
		snprintf(path, sizeof(path), "/proc/%d/schedstat", pid);
		if (pid && number(path) > WORKED_NS)
			return pid;
		rest(10000000);
	}
	errno = ETIMEDOUT;
	return 0;
}

static int pause_worker(const char *cgroup, long long ms)
{
	pid_t pid = worker(cgroup);
	char path[64], state = 0;
	if (!pid || kill(pid, SIGSTOP))
		return fail("stopping the worker");
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	for (long long end = now() + LIMIT_NS; state != 'T' && now() < end;) {
		FILE *file = fopen(path, "re");
		if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
			return fail(path);
		fclose(file);
	}
	long long from = now();
	rest(ms * 1000000);
	long long until = now();
	if (kill(pid, SIGCONT))
		return fail("letting the worker go on");
	printf("%lld %lld\n", from, until);
	return 0;
}

static int give(const char *path, const char *cpus)
{
	FILE *file = fopen(path, "we");
	if (!file)
		return -1;
	int put = fputs(cpus, file);
	return fclose(file) || put < 0 ? -1 : 0;
}

/* The CPU of a process: field 39 of proc_pid_stat(5), the 36th behind the state. */
static int cpu_of(pid_t pid)
{
	char path[64], text[1024] = "";
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	FILE *file = fopen(path, "re");
	size_t n = file ? fread(text, 1, sizeof(text) - 1, file) : 0;
	if (file)
		fclose(file);
	text[n] = 0;
	char *at = strrchr(text, ')');
	for (int field = 2; at && field < 39; field++)
		at = strchr(at + 1, ' ');
	return at ? atoi(at) : -1;
}

/* The stack of a process, or what there is room for of its upper end. */
static size_t read_stack(pid_t pid, unsigned char *to)
{
	char path[64], line[256];
	unsigned long from = 0, until = 0;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	FILE *file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file) && !strstr(line, "[stack]"))
		;
	if (file && strstr(line, "[stack]") && sscanf(line, "%lx-%lx", &from, &until) == 2 && until - from > STACK)
		from = until - STACK;
	if (file)
		fclose(file);
	snprintf(path, sizeof(path), "/proc/%d/mem", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, to, until - from, (off_t)from);
	if (fd >= 0)
		close(fd);
	return n < 0 ? 0 : (size_t)n;
}

/* Waits until the process has executed on a CPU: its stack has changed a few times since it is there. */
static int works_on(pid_t pid, int cpu)
{
	static unsigned char before[STACK], after[STACK];
	long long end = now() + LIMIT_NS;
	while (cpu_of(pid) != cpu && now() < end)
		rest(100000);
	size_t size = read_stack(pid, before);
	for (int changes = 0; changes < CHANGES && size && now() < end;) {
		rest(100000);
		size_t n = read_stack(pid, after);
		if (n == size && memcmp(before, after, n)) {
			memcpy(before, after, n);
			changes++;
		}
	}
	errno = ETIMEDOUT;
	return size && now() < end;
}

static int blip(const char *cgroup, long long ms, int times, const char *home, const char *away)
{
	char path[256];
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(atoi(home), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return fail("going to the CPU");
	pid_t pid = worker(cgroup);
	if (!pid)
		return fail("finding the worker");
	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/cpuset.cpus", cgroup);
	for (int i = 0; i < times; i++) {
		long long from = now();
		if (give(path, away))
			return fail(path);
		while (now() < from + ms * 1000000)
			;
		if (!works_on(pid, atoi(away)))
			return fail("waiting for the worker to work on the other CPU");
		if (give(path, home))
			return fail(path);
		printf("%lld %lld\n", from, now());
		if (!works_on(pid, atoi(home)))
			return fail("waiting for the worker to work on its own CPU");
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "pause"))
		return pause_worker(argv[2], atoll(argv[3]));
	if (argc == 7 && !strcmp(argv[1], "blip"))
		return blip(argv[2], atoll(argv[3]), atoi(argv[4]), argv[5], argv[6]);
	return 2;
}
