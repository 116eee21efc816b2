/* A worker: the process that makes load and counts what it did. */
#ifndef KTSTR_WORKER_H
#define KTSTR_WORKER_H
#include "ktstr_wire.h"
#include <stdatomic.h>

/* What init tells all workers of a step; in memory shared with them, as futexes need ordinary pages. */
struct worker_control {
	_Atomic uint32_t ready;   /* futex: how many are configured */
	_Atomic uint32_t release; /* futex: 1 once they may work */
	_Atomic uint32_t stop;    /* futex: 1 once they must end */
	_Atomic int64_t release_ns;
	uint64_t cycles_per_ms;
};

enum worker_state { WORKER_FORKED, WORKER_CONFIGURED, WORKER_RUNNING, WORKER_COMPLETE };

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
	uint64_t cpus[KT_MAX_CPUS / 64];
	uint8_t unused[KT_SLOT_SIZE - KT_SLOT_CPUS - KT_MAX_CPUS / 8];
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

/* Waits on a futex of the control while it is `value`, at most `ns`. */
void futex_wait(_Atomic uint32_t *futex, uint32_t value, int64_t ns);
void futex_wake_all(_Atomic uint32_t *futex);

/* Runs a worker in a process of its own until it is told to stop; does not return. */
void worker_main(struct worker_slot *slot, const struct kt_work_group *group, struct worker_control *control)
	__attribute__((noreturn));
#endif
