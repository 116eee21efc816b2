/*
 * ktstr_worker.h: what a program needs to be a worker of ktstr (WorkType.custom). One file, no library; C99 with the GNU
 * names on (gcc's and clang's default), or C++11. Linux only.
 *
 *     #include "ktstr_worker.h"
 *
 *     int main(void)
 *     {
 *             struct ktstr_worker w;
 *             if (ktstr_worker_begin(&w))
 *                     return 1;                        // it has said why on stderr
 *             while (!ktstr_worker_stopped(&w)) {
 *                     some_microseconds_of_work();
 *                     ktstr_worker_unit(&w, 1);        // counts, and looks at clock and CPU when that is due
 *                     ktstr_worker_iteration(&w);
 *             }
 *             return ktstr_worker_end(&w);             // the totals; without it the worker counts as not completed
 *     }
 *
 * One thread calls these functions. Counters lie in memory that the agent reads while the program runs. What a unit is, is
 * the program's choice: some microseconds of work, so that a look every few units sees each millisecond. A wait that is
 * meant is announced, or it counts as a gap: ktstr_worker_sleep, or ktstr_worker_blocks before and ktstr_worker_slept after.
 *
 * When it is told to stop, the program should end at once. It gets SIGTERM after a second and SIGKILL after five; then, and
 * when it ends without ktstr_worker_end, it is reported as not completed.
 */
#ifndef KTSTR_WORKER_PROGRAM_H
#define KTSTR_WORKER_PROGRAM_H
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#ifndef CLOCK_MONOTONIC
#error "ktstr_worker.h needs the names of GNU: compile with -std=gnu99 or newer, or with -D_GNU_SOURCE"
#endif

/* Agent and program check these; a difference says that the program was compiled with another version of this header. */
#define KTSTR_WORKER_MAGIC 0x4b524f5752545354ull
#define KTSTR_WORKER_VERSION 2

/* Names of the environment variables by which the agent says where the memory is: one descriptor, two offsets in it. */
#define KTSTR_WORKER_FD "KTSTR_WORKER_FD"
#define KTSTR_WORKER_CONTROL "KTSTR_WORKER_CONTROL"
#define KTSTR_WORKER_BLOCK "KTSTR_WORKER_BLOCK"

#define KTSTR_WORKER_CPUS 4096
#define KTSTR_WORKER_CPUSETS 256
#define KTSTR_WORKER_MIGRATIONS 256
#define KTSTR_WORKER_WAKES 4353
#define KTSTR_WORKER_UNITS_PER_LOOK 1024

enum ktstr_worker_state { KTSTR_WORKER_GIVEN, KTSTR_WORKER_BEGUN, KTSTR_WORKER_ENDED };

/* What the agent tells all workers of a group. Read only. */
struct ktstr_worker_control {
	uint32_t stop;   /* a futex: 1 once they must end */
	uint32_t cpuset; /* the cpuset in force: changes << 8 | number */
	int64_t release_ns;
	uint64_t cycles_per_ms;
};

struct ktstr_worker_migration {
	int64_t at_ns; /* since release */
	int32_t from, to;
};

/* What one worker counts. Given by the agent up to `start_count`, written by the program after that. */
struct ktstr_worker_block {
	uint64_t magic;
	uint32_t version, size;
	uint32_t index, workers; /* which worker of its group this is, from 0, and how many there are */
	char comm[16];           /* name of the task; empty: the program's own */
	int64_t start_ns;        /* the last checkpoint before the program was executed */
	int64_t start_cpu_ns, start_schedstat_cpu_ns, start_delay_ns, start_count; /* -1: not measured */
	uint32_t state;          /* enum ktstr_worker_state */
	int32_t cpu, gap_cpu;
	uint32_t reserved;
	uint64_t units, iterations, migrations;
	int64_t checkpoint_ns, gap_ns, gap_at_ns;
	int64_t cpu_time_ns, wall_time_ns, schedstat_cpu_ns, run_delay_ns, run_count; /* at the end */
	uint64_t wake_count, wake_min_ns, wake_max_ns, wake_sum_ns;
	uint64_t cpus[KTSTR_WORKER_CPUSETS][KTSTR_WORKER_CPUS / 64];
	struct ktstr_worker_migration migration[KTSTR_WORKER_MIGRATIONS]; /* a ring */
	uint64_t wakes[KTSTR_WORKER_WAKES];
};

/* The program's handle. `index` and `workers` are for the program to read, the rest is for the functions. */
struct ktstr_worker {
	int index, workers;
	struct ktstr_worker_block *block;
	const struct ktstr_worker_control *control;
	uint64_t units, iterations, counted, cycles;
	int64_t last_ns;
	uint32_t cpuset;
};

#define KTSTR_WORKER_PUBLISH(field, value) __atomic_store_n(&w->block->field, (value), __ATOMIC_RELAXED)

/* CLOCK_MONOTONIC in nanoseconds: the clock of all times here. */
static inline int64_t ktstr_worker_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static inline uint64_t ktstr_worker_cycles_(void)
{
#if defined(__x86_64__)
	return __builtin_ia32_rdtsc();
#else
	return (uint64_t)ktstr_worker_now(); /* a period that is too short only looks too often */
#endif
}

/* Whether the program must end. */
static inline int ktstr_worker_stopped(const struct ktstr_worker *w)
{
	return __atomic_load_n(&w->control->stop, __ATOMIC_RELAXED) != 0;
}

/* The CPU, and the cpuset that was in force while the worker was seen there. */
static inline int ktstr_worker_place_(struct ktstr_worker *w)
{
	for (;;) {
		unsigned cpu = 0;
		uint32_t before = __atomic_load_n(&w->control->cpuset, __ATOMIC_ACQUIRE);
		if (syscall(SYS_getcpu, &cpu, NULL, NULL))
			return -1;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		if (__atomic_load_n(&w->control->cpuset, __ATOMIC_RELAXED) == before) {
			w->cpuset = before;
			return (int)cpu;
		}
	}
}

static inline void ktstr_worker_note_place_(struct ktstr_worker *w, int64_t now)
{
	int cpu = ktstr_worker_place_(w), from = w->block->cpu;
	if (cpu < 0 || cpu >= KTSTR_WORKER_CPUS)
		return;
	w->block->cpus[w->cpuset % KTSTR_WORKER_CPUSETS][cpu / 64] |= (uint64_t)1 << (cpu % 64);
	if (cpu == from)
		return;
	if (from >= 0) {
		uint64_t n = w->block->migrations;
		struct ktstr_worker_migration *m = &w->block->migration[n % KTSTR_WORKER_MIGRATIONS];
		m->at_ns = now - w->control->release_ns;
		m->from = from;
		m->to = cpu;
		KTSTR_WORKER_PUBLISH(migrations, n + 1);
	}
	KTSTR_WORKER_PUBLISH(cpu, cpu);
}

/* Looks at clock and CPU now, and writes the counters to where the agent sees them. Returns the time. */
static inline int64_t ktstr_worker_checkpoint(struct ktstr_worker *w)
{
	int64_t now = ktstr_worker_now(), gap = now - w->last_ns;
	ktstr_worker_note_place_(w, now);
	if (gap > w->block->gap_ns) {
		KTSTR_WORKER_PUBLISH(gap_ns, gap);
		KTSTR_WORKER_PUBLISH(gap_at_ns, w->last_ns - w->control->release_ns);
		KTSTR_WORKER_PUBLISH(gap_cpu, w->block->cpu);
	}
	w->last_ns = now;
	w->counted = w->units;
	w->cycles = ktstr_worker_cycles_();
	KTSTR_WORKER_PUBLISH(checkpoint_ns, now);
	KTSTR_WORKER_PUBLISH(units, w->units);
	KTSTR_WORKER_PUBLISH(iterations, w->iterations);
	return now;
}

/* Counts n units of work, and takes a checkpoint when 1024 units or a millisecond have passed since the last one. */
static inline void ktstr_worker_unit(struct ktstr_worker *w, uint64_t n)
{
	w->units += n;
	if (w->units - w->counted >= KTSTR_WORKER_UNITS_PER_LOOK ||
	    ktstr_worker_cycles_() - w->cycles >= w->control->cycles_per_ms ||
	    __atomic_load_n(&w->control->cpuset, __ATOMIC_RELAXED) != w->cpuset)
		ktstr_worker_checkpoint(w);
}

/* Counts one turn of the program's outer loop. */
static inline void ktstr_worker_iteration(struct ktstr_worker *w)
{
	w->iterations++;
}

/* Before a wait for something else than a time, of any length. Afterwards call ktstr_worker_slept. */
static inline void ktstr_worker_blocks(struct ktstr_worker *w)
{
	ktstr_worker_checkpoint(w);
	KTSTR_WORKER_PUBLISH(checkpoint_ns, INT64_MAX);
}

/*
 * After a wait that was meant to last until `until`, such as when somebody woke this worker by his clock: what is later is
 * a gap. Returns the time.
 */
static inline int64_t ktstr_worker_slept(struct ktstr_worker *w, int64_t until)
{
	int64_t now = ktstr_worker_now();
	if (until > w->last_ns)
		w->last_ns = until < now ? until : now;
	return ktstr_worker_checkpoint(w);
}

/* Notes a wake latency: the time from when somebody woke this worker to its first instruction after. */
static inline void ktstr_worker_woke(struct ktstr_worker *w, int64_t ns)
{
	uint64_t v = ns < 0 ? 0 : (uint64_t)ns;
	uint32_t bucket, e;
	if (v < 256) {
		bucket = (uint32_t)v;
	} else if (v >> 40) {
		bucket = KTSTR_WORKER_WAKES - 1;
	} else {
		e = (uint32_t)(63 - __builtin_clzll(v) - 7);
		bucket = (e << 7) + (uint32_t)(v >> e);
	}
	w->block->wakes[bucket]++;
	w->block->wake_sum_ns += v;
	if (!w->block->wake_count || v < w->block->wake_min_ns)
		w->block->wake_min_ns = v;
	if (v > w->block->wake_max_ns)
		w->block->wake_max_ns = v;
	w->block->wake_count++;
}

/* Sleeps for a time, or until the stop. Returns by how much it was late, or -1 when the stop ended it. */
static inline int64_t ktstr_worker_sleep(struct ktstr_worker *w, int64_t ns)
{
	int64_t until = ktstr_worker_checkpoint(w) + ns, now;
	KTSTR_WORKER_PUBLISH(checkpoint_ns, until);
	while ((now = ktstr_worker_now()) < until && !ktstr_worker_stopped(w)) {
		struct timespec left;
		left.tv_sec = (time_t)((until - now) / 1000000000);
		left.tv_nsec = (long)((until - now) % 1000000000);
		syscall(SYS_futex, &w->control->stop, FUTEX_WAIT, 0, &left, NULL, 0);
	}
	now = ktstr_worker_slept(w, until);
	return now < until ? -1 : now - until;
}

static inline void *ktstr_worker_map_(int fd, const char *variable, size_t size, int protection)
{
	const char *text = getenv(variable);
	char *end;
	unsigned long long at = text ? strtoull(text, &end, 10) : 0;
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), skip = at % page;
	void *memory;
	if (!text || end == text || *end)
		return NULL;
	memory = mmap(NULL, (size_t)skip + size, protection, MAP_SHARED, fd, (off_t)(at - skip));
	return memory == MAP_FAILED ? NULL : (char *)memory + skip;
}

/*
 * Finds the memory the agent gave this process, and begins. 0, or -1 with the reason on stderr: not started by ktstr, or
 * compiled with another version of this header.
 */
static inline int ktstr_worker_begin(struct ktstr_worker *w)
{
	const char *text = getenv(KTSTR_WORKER_FD);
	int fd = text ? atoi(text) : -1;
	memset(w, 0, sizeof(*w));
	if (fd < 0) {
		fprintf(stderr, "ktstr_worker: %s is not set: this program is a worker, which ktstr starts\n", KTSTR_WORKER_FD);
		return -1;
	}
	w->control = (const struct ktstr_worker_control *)ktstr_worker_map_(fd, KTSTR_WORKER_CONTROL, sizeof(*w->control),
									   PROT_READ);
	w->block = (struct ktstr_worker_block *)ktstr_worker_map_(fd, KTSTR_WORKER_BLOCK, sizeof(*w->block),
								  PROT_READ | PROT_WRITE);
	if (!w->control || !w->block) {
		fprintf(stderr, "ktstr_worker: mapping the memory of descriptor %d: %s\n", fd, strerror(errno));
		return -1;
	}
	if (w->block->magic != KTSTR_WORKER_MAGIC || w->block->version != KTSTR_WORKER_VERSION ||
	    w->block->size != sizeof(*w->block)) {
		fprintf(stderr, "ktstr_worker: the agent has version %u of ktstr_worker.h, this program was compiled with %d; compile it with the header of the ktstr that runs it\n",
			w->block->version, KTSTR_WORKER_VERSION);
		return -1;
	}
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	if (w->block->comm[0])
		prctl(PR_SET_NAME, w->block->comm);
	w->index = (int)w->block->index;
	w->workers = (int)w->block->workers;
	w->last_ns = w->block->start_ns;
	KTSTR_WORKER_PUBLISH(state, (uint32_t)KTSTR_WORKER_BEGUN);
	ktstr_worker_checkpoint(w);
	return 0;
}

static inline int64_t ktstr_worker_since_(long long now, int64_t start)
{
	return now < 0 || start < 0 ? -1 : (int64_t)now - start;
}

/*
 * Writes the totals: CPU time of the whole process, all threads; run delay of the calling thread's group leader. Call it
 * once the work is done, right before the end. Returns 0, for main to return.
 */
static inline int ktstr_worker_end(struct ktstr_worker *w)
{
	long long cpu = -1, delay = -1, count = -1;
	int64_t now = ktstr_worker_checkpoint(w);
	char text[128];
	struct timespec t;
	int fd = open("/proc/self/schedstat", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	if (fd >= 0)
		close(fd);
	if (n > 0) {
		text[n] = 0;
		if (sscanf(text, "%lld %lld %lld", &cpu, &delay, &count) != 3)
			cpu = delay = count = -1;
	}
	w->block->cpu_time_ns = (int64_t)t.tv_sec * 1000000000 + t.tv_nsec - w->block->start_cpu_ns;
	w->block->wall_time_ns = now - w->control->release_ns;
	w->block->schedstat_cpu_ns = ktstr_worker_since_(cpu, w->block->start_schedstat_cpu_ns);
	w->block->run_delay_ns = ktstr_worker_since_(delay, w->block->start_delay_ns);
	w->block->run_count = ktstr_worker_since_(count, w->block->start_count);
	__atomic_store_n(&w->block->state, (uint32_t)KTSTR_WORKER_ENDED, __ATOMIC_RELEASE);
	return 0;
}
#endif
