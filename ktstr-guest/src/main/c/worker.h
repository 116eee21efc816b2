/*
 * A worker as its work sees it: a process or a thread that makes load and counts what it does. What work types call is
 * here; what the agent does with workers is in crew.h, how counting works in telemetry.c.
 */
#ifndef KTSTR_WORKER_H
#define KTSTR_WORKER_H
#include "arch.h"
#include "ktstr_wire.h"
#include "util.h"
#include <sched.h>
#include <setjmp.h>
#include <stdatomic.h>

#define WORKER_CPUSETS 256    /* different cpusets a group may have in its life; beyond that CPUs are no longer judged */
#define WORKER_MIGRATIONS 256 /* how many of the last ones are kept */
#define WORKER_NODES 64
#define WORKER_WAKE_OCTAVES 32 /* of 128 buckets each, from 256 ns on */
#define WORKER_WAKE_BUCKETS (256 + WORKER_WAKE_OCTAVES * 128 + 1)
#define WORKER_CPU_WORDS (KT_MAX_CPUS / 64)
#define WORKER_UNITS_PER_CHECKPOINT 1024
#define WORKER_FAILED_STATUS 72 /* exit status of a worker whose work could not go on; why is in its log */

/* What the agent tells all workers of a group; in memory shared with them, as futexes need ordinary pages. */
struct worker_control {
	/* Read at every look, written hardly ever: a cache line apart from what is written. */
	_Atomic uint32_t stop __attribute__((aligned(64))); /* futex: 1 once they must end */
	_Atomic uint32_t cpuset;                            /* the one in force: how many changes there were << 8 | index into allowed */
	_Atomic int64_t release_ns;
	uint64_t cycles_per_ms;
	_Atomic uint32_t configure __attribute__((aligned(64))); /* futex: 1 once they are in their cgroup */
	_Atomic uint32_t ready;                                  /* futex: how many are configured, or failed at it */
	_Atomic uint32_t release;                                /* futex: 1 once they may work */
	_Atomic uint32_t ended;                                  /* futex: how many have written their totals */
	uint64_t allowed[WORKER_CPUSETS][WORKER_CPU_WORDS];      /* none: every CPU */
};

enum worker_state { WORKER_FORKED, WORKER_CONFIGURED, WORKER_RUNNING, WORKER_COMPLETE, WORKER_FAILED };

/* Where a worker is while it waits for another, as its time of the last checkpoint: nothing is due. */
#define WORKER_BLOCKED_NS INT64_MAX

/* The live counters as the host sees them; written by the worker only. */
struct worker_slot {
	_Atomic uint64_t units;
	_Atomic uint64_t iterations;
	_Atomic uint64_t migrations;
	_Atomic int64_t checkpoint_ns;
	_Atomic int64_t gap_ns;
	_Atomic int64_t gap_at_ns;
	_Atomic int32_t gap_cpu;
	_Atomic int32_t cpu;
	_Atomic int64_t cpu_time_ns;
	_Atomic int64_t wall_time_ns;
	_Atomic int64_t run_delay_ns;
	_Atomic int64_t run_count;
	_Atomic uint32_t state;
	uint8_t reserved[KT_SLOT_CPUS - KT_SLOT_STATE - 4];
	uint64_t cpus[(KT_SLOT_SIZE - KT_SLOT_CPUS) / 8];
};
#define KT_SLOT_FIELD(name, at) _Static_assert(offsetof(struct worker_slot, name) == (at), #name)
KT_SLOT_FIELD(units, KT_SLOT_UNITS);
KT_SLOT_FIELD(iterations, KT_SLOT_ITERATIONS);
KT_SLOT_FIELD(migrations, KT_SLOT_MIGRATIONS);
KT_SLOT_FIELD(checkpoint_ns, KT_SLOT_CHECKPOINT_NS);
KT_SLOT_FIELD(gap_ns, KT_SLOT_GAP_NS);
KT_SLOT_FIELD(gap_at_ns, KT_SLOT_GAP_AT_NS);
KT_SLOT_FIELD(gap_cpu, KT_SLOT_GAP_CPU);
KT_SLOT_FIELD(cpu, KT_SLOT_CPU);
KT_SLOT_FIELD(cpu_time_ns, KT_SLOT_CPU_TIME_NS);
KT_SLOT_FIELD(wall_time_ns, KT_SLOT_WALL_TIME_NS);
KT_SLOT_FIELD(run_delay_ns, KT_SLOT_RUN_DELAY_NS);
KT_SLOT_FIELD(run_count, KT_SLOT_RUN_COUNT);
KT_SLOT_FIELD(state, KT_SLOT_STATE);
KT_SLOT_FIELD(cpus, KT_SLOT_CPUS);
_Static_assert(sizeof(struct worker_slot) == KT_SLOT_SIZE, "slots lie side by side");
_Static_assert(KT_SLOT_CPUS + KT_MAX_CPUS / 8 <= KT_SLOT_SIZE, "a slot holds a bit for every CPU");

struct worker_migration {
	int64_t at_ns; /* since release */
	int32_t from, to;
};

/*
 * What is too large for a slot, in memory shared with the agent; written by the worker only. It starts as zeros, and pages
 * that are never touched are never there.
 */
struct worker_log {
	_Atomic int32_t tid;
	_Atomic int64_t start_cpu_ns; /* what it had used when counting began; 0 before */
	bool messenger;   /* set by the work: this one wakes others */
	bool pages_known; /* numa_maps could be read */
	char error[240];  /* why it failed */
	int64_t schedstat_cpu_ns;
	int64_t pages_migrated;
	int64_t pages[WORKER_NODES];
	uint64_t wake_count, wake_min_ns, wake_max_ns, wake_sum_ns;
	uint64_t cpus[WORKER_CPUSETS][WORKER_CPU_WORDS]; /* seen on, by cpuset in force */
	struct worker_migration migrations[WORKER_MIGRATIONS]; /* a ring */
	uint64_t wakes[WORKER_WAKE_BUCKETS];
};

/* One worker, in its own memory. */
struct worker {
	const struct kt_work_group *group;
	void *shared;    /* the group's own memory, see work.h */
	int index;       /* in the group, from 0 */
	void *own;       /* for the work's use */
	int fd;          /* likewise */
	uint64_t units, iterations;
	uint64_t random; /* state of worker_random */
	uint64_t x;      /* what spinning computes */
	/* For telemetry.c. */
	struct worker_slot *slot;
	struct worker_control *control;
	struct worker_log *log;
	uint64_t migrations;
	uint64_t counted; /* units at the last checkpoint */
	uint64_t cycles;  /* at the last checkpoint */
	uint64_t period;  /* cycles between checkpoints */
	int64_t last_ns;  /* time of the last checkpoint, or end of the wait after it */
	int64_t gap_ns;
	uint32_t cpuset; /* in force at the last checkpoint */
	int cpu;
	bool thread;
	jmp_buf failed;
};

/* Whether it must end. Every loop asks; a system call that blocks is interrupted again and again (SIGURG) from the stop on. */
static inline bool worker_stopped(const struct worker *w)
{
	return atomic_load_explicit(&w->control->stop, memory_order_relaxed);
}

/* Counts n units of work. */
static inline void worker_unit(struct worker *w, uint64_t n)
{
	w->units += n;
}

/* Counts one turn of the work's outer loop. */
static inline void worker_iteration(struct worker *w)
{
	w->iterations++;
}

/*
 * Reads the clock and the CPU, and writes the counters to where the agent and the host see them. The time since the last
 * checkpoint, or since the end of the wait after it, is a gap. Returns the time.
 */
int64_t worker_checkpoint(struct worker *w);

/*
 * To be called once every few microseconds of work (on hardware; an emulator takes 20 times that): a checkpoint when 1024
 * units or a millisecond have passed since the last, or when the worker is on another CPU or has another cpuset. Costs two
 * nanoseconds when nothing is due.
 */
static inline void worker_look(struct worker *w)
{
#ifndef KTSTR_WITHOUT_TELEMETRY
	if (w->units - w->counted >= WORKER_UNITS_PER_CHECKPOINT || arch_cycles() - w->cycles >= w->period ||
	    sched_getcpu() != w->cpu || atomic_load_explicit(&w->control->cpuset, memory_order_relaxed) != w->cpuset)
		worker_checkpoint(w);
#else
	(void)w;
#endif
}

/* To be called right after a checkpoint, before a wait for another worker: no gap begins here. */
static inline void worker_blocks(struct worker *w)
{
	atomic_store_explicit(&w->slot->checkpoint_ns, WORKER_BLOCKED_NS, memory_order_relaxed);
}

/*
 * After a wait that was meant to last until `until`: the end of a sleep, or when it was woken (the waker's clock). What is
 * later is a gap. Returns the time.
 */
int64_t worker_slept(struct worker *w, int64_t until);

/* Notes a wake latency. */
void worker_woke(struct worker *w, int64_t ns);

/* Sleeps, or until the stop. Returns how much too late it runs again; -1 when the stop ended it. */
int64_t worker_sleep(struct worker *w, int64_t ns);

/* A checkpoint is due after this time instead of a millisecond, when that is shorter. For work that ends at a time. */
static inline void worker_period(struct worker *w, int64_t ns)
{
	int64_t slice = ns < NS_PER_MS ? ns : NS_PER_MS;
	w->period = (uint64_t)slice * w->control->cycles_per_ms / NS_PER_MS;
}

/* A pseudo-random number; each worker has a sequence of its own, the same in every run. */
static inline uint64_t worker_random(struct worker *w)
{
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return w->random;
}

/* Ends the worker because its work cannot go on; the format says what failed on what, and the error. */
void worker_fail(struct worker *w, const char *format, ...) __attribute__((format(printf, 2, 3), noreturn));

/* Waits on a shared futex while it is `value`, at most `ns`; returns early at a signal. */
void futex_wait(_Atomic uint32_t *futex, uint32_t value, int64_t ns);
void futex_wake(_Atomic uint32_t *futex, int count);
void futex_wake_all(_Atomic uint32_t *futex);

/* Index of a wake latency's bucket: exact below 256 ns, then 128 buckets an octave; what is above 2^40 ns is in the last. */
static inline uint32_t wake_bucket(uint64_t ns)
{
	if (ns < 256)
		return (uint32_t)ns;
	if (ns >= 1ull << 40)
		return WORKER_WAKE_BUCKETS - 1;
	uint32_t e = (uint32_t)(63 - __builtin_clzll(ns) - 7);
	return (e << 7) + (uint32_t)(ns >> e);
}
#endif
