/*
 * Runs crews on the host, for tests: the crew's, the workers' and the work types' code as it is in the agent, with stand-ins
 * for what only a guest has (the shared window, cgroups, the agent's loop).
 *
 *   driver ACTION...      done in order; crews are numbered from 0
 *     start:FILE          starts a crew; FILE holds a WorkGroup as on the wire
 *     try:FILE            the same, but goes on when it fails
 *     release:CREW
 *     sleep:MS            serves the loop meanwhile
 *     pause:CREW:I:MS     SIGSTOP to the process of worker I, SIGCONT after the time
 *     halt:CREW:I         SIGSTOP to it
 *     kill:CREW:I         SIGKILL to the process of worker I
 *     changing:CREW:CPUS  the cpuset is about to change, CPUS as in 0-3,8 or - for none
 *     changed:CREW:CPUS   it has
 *     affinity:CREW:CPUS
 *     move:CREW:NAME      to a cgroup, in name only
 *     seen:CREW:CPU       waits until all its workers have been seen on the CPU last
 *     worked:CREW[:N]     waits until each of its workers has counted a unit, or that many iterations
 *     iterations:CREW     prints them, a line on standard error
 *     run:FILE            executes a program, and waits for it
 *     stop:MS             stops all crews, waits at most that long before it kills
 *     report:CREW
 *
 * Standard output: a WorkersDone as on the wire, of all reports. Standard error: what failed, and lines of the actions.
 * Exit status: 0; 3 when a start failed; 4 when something was left: children, slots, open files.
 */
#include "cgroup.h"
#include "com2.h"
#include "crew.h"
#include "crew_state.h"
#include "loop.h"
#include "shm.h"
#include "telemetry.h"
#include "topology.h"
#include "util.h"
#include "worker.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CREWS 16

static struct crew *mine[CREWS];
static int count;
static struct kt_writer reports;
static uint32_t reported;

uint8_t *shm_counters(void)
{
	static uint8_t *counters;
	if (!counters)
		counters = mmap(NULL, (size_t)KT_SLOT_SIZE * KT_MAX_WORKERS, PROT_READ | PROT_WRITE,
				MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return counters;
}

void com2_fatal(const char *line)
{
	fprintf(stderr, "%s\n", line);
}

bool cgroup_move(const char *name, pid_t pid, char *error, size_t room)
{
	(void)pid;
	if (strcmp(name, "missing"))
		return true;
	snprintf(error, room, "cgroup '%s': there is none", name);
	return false;
}

void loop_turn(int64_t deadline)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	int64_t left = deadline - now_ns();
	struct timespec t = { left > 0 ? left / NS_PER_S : 0, left > 0 ? left % NS_PER_S : 0 };
	sigtimedwait(&set, NULL, &t);
	int status;
	struct rusage usage;
	pid_t pid;
	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0)
		crew_reaped(pid, status, &usage);
}

#ifdef KTSTR_RAW_WAKES
/* Appended, in the machine's byte order, to the file that KTSTR_RAW_WAKES names: samples of all workers, mixed. */
void raw_wake(const struct worker *w, uint64_t ns)
{
	static _Thread_local int fd = -1;
	(void)w;
	if (fd < 0)
		fd = open(getenv("KTSTR_RAW_WAKES"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (write(fd, &ns, sizeof(ns)) != (ssize_t)sizeof(ns))
		_exit(99);
}
#endif

static void serve(int64_t ms)
{
	int64_t until = now_ns() + ms * NS_PER_MS;
	while (now_ns() < until)
		loop_turn(until);
}

static int start(const char *path)
{
	static uint8_t bytes[1 << 20];
	char error[512] = "";
	struct kt_arena arena = { 0 };
	struct kt_work_group group;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
	struct kt_reader r = { bytes, bytes + (n < 0 ? 0 : n), &arena };
	if (n < 0 || !kt_get_work_group(&r, &group)) {
		fprintf(stderr, "%s: no work group: %s\n", path, strerror(errno));
		exit(2);
	}
	close(fd);
	mine[count] = crew_start(&group, "here", error, sizeof(error));
	kt_arena_free(&arena);
	if (mine[count]) {
		count++;
		return 0;
	}
	fprintf(stderr, "%s\n", error);
	return 3;
}

static struct kt_i32_list cpus_of(const char *text)
{
	static int32_t cpus[KT_MAX_CPUS];
	uint64_t set[KT_MAX_CPUS / 64] = { 0 };
	struct kt_i32_list list = { 0, cpus };
	parse_cpu_list(text, set, (int)KT_MAX_CPUS);
	for (int i = 0; i < (int)KT_MAX_CPUS; i++)
		if (bit_get(set, i))
			cpus[list.n++] = i;
	return list;
}

static void report(const struct crew *crew)
{
	for (uint32_t i = 0; i < crew_size(crew); i++, reported++) {
		struct kt_worker_report one;
		crew_report(crew, i, 0, &one);
		kt_put_worker_report(&reports, &one);
	}
}

static void stop(int64_t ms)
{
	for (int i = 0; i < count; i++)
		crew_stop(mine[i]);
	bool all = crew_await(mine, count, now_ns() + ms * NS_PER_MS);
	fprintf(stderr, "stopped: %s\n", all ? "all ended" : "some were killed");
}

/* Says when, since the crew's release: the worker stood still from some time before the first until some time after the last. */
static void pause_worker(const struct crew *crew, uint32_t i, const char *ms)
{
	int64_t release = crew->control->release_ns;
	kill(crew_pid(crew, i), SIGSTOP);
	int status;
	waitpid(crew_pid(crew, i), &status, WUNTRACED);
	int64_t from = now_ns();
	serve(ms ? atoi(ms + 1) : 0);
	int64_t until = now_ns();
	kill(crew_pid(crew, i), SIGCONT);
	fprintf(stderr, "paused: %lld %lld\n", (long long)(from - release), (long long)(until - release));
}

static int await_seen(const struct crew *crew, int cpu)
{
	int64_t deadline = now_ns() + 10 * NS_PER_S;
	for (uint32_t i = 0; i < crew_size(crew); i++)
		while (atomic_load(&crew_slot(crew, i)->cpu) != cpu) {
			if (now_ns() > deadline) {
				fprintf(stderr, "worker %u was not seen on CPU %d in 10 s\n", i, cpu);
				return 2;
			}
			serve(1);
		}
	return 0;
}

static int await_work(const struct crew *crew, int64_t iterations)
{
	int64_t deadline = now_ns() + 20 * NS_PER_S;
	for (uint32_t i = 0; i < crew_size(crew); i++)
		while (crew_iterations(crew, i) < iterations || !atomic_load(&crew_slot(crew, i)->units)) {
			if (now_ns() > deadline) {
				fprintf(stderr, "worker %u has %lld iterations after 20 s\n", i, (long long)crew_iterations(crew, i));
				return 2;
			}
			serve(1);
		}
	return 0;
}

static int act(char *action)
{
	char error[512] = "", *rest = strchr(action, ':');
	const char *name = action, *a = rest ? rest + 1 : "";
	if (rest)
		*rest = 0;
	int crew = atoi(a), result = 0;
	char *next = strchr(a, ':');
	const char *b = next ? next + 1 : "";
	struct crew *of = mine[crew >= 0 && crew < CREWS ? crew : 0];
	struct kt_i32_list cpus = cpus_of(b);
	struct kt_cpu_list list = { cpus };
	struct kt_cpu_list_list lists = { 1, &list };
	if (!strcmp(name, "start"))
		result = start(a);
	else if (!strcmp(name, "try"))
		start(a);
	else if (!strcmp(name, "release"))
		crew_release(of);
	else if (!strcmp(name, "sleep"))
		serve(atoi(a));
	else if (!strcmp(name, "pause")) {
		pause_worker(of, (uint32_t)atoi(b), strchr(b, ':'));
	} else if (!strcmp(name, "kill"))
		kill(crew_pid(of, (uint32_t)atoi(b)), SIGKILL);
	else if (!strcmp(name, "halt"))
		kill(crew_pid(of, (uint32_t)atoi(b)), SIGSTOP);
	else if (!strcmp(name, "seen"))
		result = await_seen(of, atoi(b));
	else if (!strcmp(name, "worked"))
		result = await_work(of, atoll(b));
	else if (!strcmp(name, "changing"))
		crew_cpuset_changing(of, &cpus);
	else if (!strcmp(name, "changed"))
		crew_cpuset_changed(of, &cpus);
	else if (!strcmp(name, "affinity")) {
		if (!crew_set_affinity(of, &lists, error, sizeof(error)))
			fprintf(stderr, "%s\n", error);
	} else if (!strcmp(name, "move")) {
		if (!crew_move(of, b, error, sizeof(error)))
			fprintf(stderr, "%s\n", error);
	} else if (!strcmp(name, "iterations")) {
		for (uint32_t i = 0; i < crew_size(of); i++)
			fprintf(stderr, "%s%lld", i ? " " : "", (long long)crew_iterations(of, i));
		fprintf(stderr, "\n");
	} else if (!strcmp(name, "run")) {
		fprintf(stderr, "run: %d\n", system(a));
	} else if (!strcmp(name, "stop"))
		stop(atoi(a));
	else if (!strcmp(name, "report"))
		report(of);
	else
		result = 2;
	return result;
}

static int open_files(void)
{
	int n = 0;
	DIR *folder = opendir("/proc/self/fd");
	while (folder && readdir(folder))
		n++;
	closedir(folder);
	return n;
}

/* What must be so after all crews are freed. */
static int left_over(int files)
{
	int slots = 0;
	bool children = waitpid(-1, NULL, WNOHANG) >= 0 || errno != ECHILD;
	while (slot_take() >= 0)
		slots++;
	if (!children && slots == (int)KT_MAX_WORKERS && open_files() <= files + 1 && !crews)
		return 0;
	fprintf(stderr, "left: children %d, slots %d of %d, files %d of %d\n", children, (int)KT_MAX_WORKERS - slots,
		(int)KT_MAX_WORKERS, open_files(), files);
	return 4;
}

int main(int argc, char **argv)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	int files = open_files(), status = 0; /* one more is the arena's */
	crew_init(calibrate().cycles_per_ms);
	for (int i = 1; i < argc && !status; i++)
		status = act(argv[i]);
	for (int i = 0; i < count; i++)
		crew_free(mine[i]);
	if (!status)
		status = left_over(files);
	if (fwrite(&reported, sizeof(reported), 1, stdout) != 1 ||
	    (reports.length && fwrite(reports.data, reports.length, 1, stdout) != 1))
		return 5;
	return fflush(stdout) ? 5 : status;
}
