/*
 * Does to workers, inside the guest, what nobody told the agent of. Times on standard output are CLOCK_MONOTONIC, in ns.
 *
 *   meddle pause CGROUP MS          stops the first process of the cgroup, once it has worked, and lets it go on:
 *                                   prints when it stood still, from and until
 *   meddle blip CGROUP MS TIMES HOME AWAY
 *                                   gives the cgroup the CPU AWAY for so long instead of HOME, so many times; runs on
 *                                   HOME meanwhile, so that the worker has AWAY to itself
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKED_NS 200000000ll
#define LIMIT_NS 60000000000ll

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

static int blip(const char *cgroup, long long ms, int times, const char *home, const char *away)
{
	char path[256];
	cpu_set_t set;
	CPU_ZERO(&set);
	CPU_SET(atoi(home), &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return fail("going to the CPU");
	if (!worker(cgroup))
		return fail("finding the worker");
	snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/cpuset.cpus", cgroup);
	for (int i = 0; i < times; i++) {
		long long from = now();
		if (give(path, away))
			return fail(path);
		while (now() < from + ms * 1000000)
			;
		if (give(path, home))
			return fail(path);
		printf("%lld %lld\n", from, now());
		rest(50000000);
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
