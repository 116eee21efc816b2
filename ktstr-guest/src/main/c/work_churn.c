/* Work that makes the kernel change what it knows of the task: children, nice, policy, CPUs, pages. */
#include "work_kinds.h"
#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef SCHED_EXT
#define SCHED_EXT 7 /* linux/sched.h from 6.12 on */
#endif

#define RETRY_NS NS_PER_MS
#define CHILD_LOOKS 5 /* interruptions for which a stopping worker waits for its last child */
#define NICE_SPINS 512
#define LEAST_NICE (-20)
#define MOST_NICE 19
#define PAGE 4096
#define TOUCHES_PER_LOOK 32

static void count_one(struct worker *w)
{
	worker_unit(w, 1);
	worker_iteration(w);
	worker_look(w);
}

/* ---- children ---- */

/* False when the stop came and the child, killed, still did not end: its new parent will reap it. */
static bool await_child(struct worker *w, pid_t child)
{
	int looks = 0;
	while (waitpid(child, NULL, __WALL) < 0) {
		if (errno != EINTR)
			worker_fail(w, "waiting for child %d: %s", child, strerror(errno));
		if (!worker_stopped(w))
			continue;
		kill(child, SIGKILL);
		if (++looks == CHILD_LOOKS)
			return false;
	}
	return true;
}

void work_fork_exit(struct worker *w)
{
	while (!worker_stopped(w)) {
		pid_t child = fork();
		if (!child)
			_exit(0);
		if (child > 0) {
			if (!await_child(w, child))
				return;
			count_one(w);
		} else if (errno == EAGAIN || errno == ENOMEM) {
			worker_sleep(w, RETRY_NS); /* out of processes (pids.max, pid_max) or memory: others may give some back */
		} else {
			worker_fail(w, "forking: %s", strerror(errno));
		}
	}
}

/* ---- nice ---- */

/* Without CAP_SYS_NICE a value lower than the current is refused: the sweep then stays where it has come to. */
void work_nice_sweep(struct worker *w)
{
	int nice = LEAST_NICE;
	while (!worker_stopped(w)) {
		w->x = arch_spin(w->x, NICE_SPINS);
		/* Of the calling thread alone: setpriority(2), "C library/kernel differences". */
		if (setpriority(PRIO_PROCESS, 0, nice) && errno != EACCES && errno != EPERM)
			worker_fail(w, "setting nice %d: %s", nice, strerror(errno));
		nice = nice < MOST_NICE ? nice + 1 : LEAST_NICE;
		sched_yield();
		count_one(w);
	}
}

/* ---- policy ---- */

static const struct {
	int number, priority;
} POLICIES[] = { { SCHED_OTHER, 0 }, { SCHED_BATCH, 0 }, { SCHED_IDLE, 0 }, { SCHED_FIFO, 1 }, { SCHED_RR, 1 }, { SCHED_EXT, 0 } };
#define POLICY_COUNT ((int)(sizeof(POLICIES) / sizeof(POLICIES[0])))

/* The next policy that the kernel has and allows; those it refuses are left out this time. */
static int change_policy(struct worker *w, int at)
{
	for (int tries = 0; tries < POLICY_COUNT; tries++) {
		at = (at + 1) % POLICY_COUNT;
		struct sched_param param = { .sched_priority = POLICIES[at].priority };
		if (!sched_setscheduler(0, POLICIES[at].number, &param))
			return at;
		if (errno != EPERM && errno != EINVAL && errno != EACCES)
			worker_fail(w, "setting policy %d: %s", POLICIES[at].number, strerror(errno));
	}
	worker_fail(w, "setting a policy: each of %d was refused, the last with: %s", POLICY_COUNT, strerror(errno));
}

void work_policy_churn(struct worker *w)
{
	int at = 0;
	while (!worker_stopped(w)) {
		work_spin(w, w->group->parameters.spin_iters);
		at = change_policy(w, at);
		sched_yield();
		count_one(w);
	}
}

/* ---- CPUs ---- */

struct choice {
	cpu_set_t most;    /* what it may ask for: the affinity it was given, or every CPU */
	cpu_set_t allowed; /* what of it the cpuset in force leaves */
	uint32_t cpuset;   /* the worker's, when that was found out */
};

/* The kernel says what a cpuset leaves of a mask, once the mask is set. */
static void find_choice(struct worker *w, struct choice *choice)
{
	choice->cpuset = w->cpuset;
	if (sched_setaffinity(0, sizeof(choice->most), &choice->most))
		worker_fail(w, "setting affinity to all CPUs of the cpuset: %s", strerror(errno));
	if (sched_getaffinity(0, sizeof(choice->allowed), &choice->allowed))
		worker_fail(w, "reading affinity: %s", strerror(errno));
}

static int pick(struct worker *w, const cpu_set_t *set)
{
	int n = CPU_COUNT(set), skip = (int)(worker_random(w) % (uint64_t)(n > 0 ? n : 1));
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, set) && !skip--)
			return cpu;
	return 0;
}

void work_affinity_churn(struct worker *w)
{
	struct choice choice;
	cpu_set_t one;
	CPU_ZERO(&choice.most);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		CPU_SET(cpu, &choice.most);
	if (w->group->affinity.n && sched_getaffinity(0, sizeof(choice.most), &choice.most))
		worker_fail(w, "reading affinity: %s", strerror(errno));
	find_choice(w, &choice);
	while (!worker_stopped(w)) {
		work_spin(w, w->group->parameters.spin_iters);
		if (choice.cpuset != w->cpuset)
			find_choice(w, &choice);
		CPU_ZERO(&one);
		CPU_SET(pick(w, &choice.allowed), &one);
		if (sched_setaffinity(0, sizeof(one), &one)) {
			if (errno != EINVAL)
				worker_fail(w, "setting affinity to one CPU: %s", strerror(errno));
			find_choice(w, &choice); /* the cpuset has just lost that CPU */
		}
		sched_yield();
		count_one(w);
	}
}

/* ---- pages ---- */

void work_page_open(struct worker *w)
{
	work_region_map(w, (size_t)w->group->parameters.region_kb * 1024);
	struct work_region *region = w->own;
	/* Whole pages: the first one has the header. A huge page would make one fault of hundreds. */
	region->memory = (uint8_t *)region + PAGE;
	region->size = region->size / PAGE * PAGE;
	madvise(region, region->mapped / PAGE * PAGE, MADV_NOHUGEPAGE);
}

void work_page_fault_churn(struct worker *w)
{
	struct work_region *region = w->own;
	volatile uint8_t *memory = region->memory;
	uint64_t pages = region->size / PAGE;
	while (!worker_stopped(w)) {
		for (int i = 0; i < w->group->parameters.touches && !worker_stopped(w); i++) {
			memory[worker_random(w) % pages * PAGE]++;
			worker_unit(w, 1);
			if (i % TOUCHES_PER_LOOK == 0)
				worker_look(w);
		}
		if (madvise(region->memory, region->size, MADV_DONTNEED))
			worker_fail(w, "dropping %zu KiB of pages: %s", region->size / 1024, strerror(errno));
		work_spin(w, w->group->parameters.spin_iters);
		worker_iteration(w);
		worker_look(w);
	}
}
