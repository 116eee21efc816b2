#include "work_kinds.h"
#include <stdio.h>
#include <sys/prctl.h>

/* As the host's: dev.ktstr.WorkParameter. Times must leave room for a sum. */
#define MAX_TURNS (1ll << 40)
#define MAX_KB (1 << 20)
#define MAX_REGION_KB (1 << 24)
#define MAX_TOUCHES (1 << 24)
#define MAX_OPERATIONS (1 << 30)
#define MAX_NS (INT64_MAX / 4)

/* One of the work types. Absent functions: nothing to do. */
struct work_type {
	const char *name;
	void (*open)(struct worker *w);
	void (*run)(struct worker *w);
	void (*close)(struct worker *w);
};

static void open_cache(struct worker *w)
{
	work_region_map(w, (size_t)w->group->parameters.size_kb * 1024);
}

static void open_pipe(struct worker *w)
{
	work_region_map(w, (size_t)w->group->parameters.size_kb * 1024); /* 0 for PipeIo */
	work_pipe_open(w);
}

static const struct work_type TYPES[] = {
	[KT_WORK_KIND_SPIN_WAIT] = { "SpinWait", NULL, work_spin_wait, NULL },
	[KT_WORK_KIND_YIELD_HEAVY] = { "YieldHeavy", NULL, work_yield_heavy, NULL },
	[KT_WORK_KIND_MIXED] = { "Mixed", NULL, work_mixed, NULL },
	[KT_WORK_KIND_IO_SYNC_WRITE] = { "IoSyncWrite", work_io_open, work_io_sync_write, work_io_close },
	[KT_WORK_KIND_BURSTY] = { "Bursty", NULL, work_bursty, NULL },
	[KT_WORK_KIND_PIPE_IO] = { "PipeIo", open_pipe, work_pipe_io, work_pipe_close },
	[KT_WORK_KIND_FUTEX_PING_PONG] = { "FutexPingPong", NULL, work_futex_ping_pong, NULL },
	[KT_WORK_KIND_FUTEX_FAN_OUT] = { "FutexFanOut", NULL, work_futex_fan_out, NULL },
	[KT_WORK_KIND_FAN_OUT_COMPUTE] = { "FanOutCompute", work_matrix_open, work_fan_out_compute, work_region_unmap },
	[KT_WORK_KIND_CACHE_PRESSURE] = { "CachePressure", open_cache, work_cache_pressure, work_region_unmap },
	[KT_WORK_KIND_CACHE_YIELD] = { "CacheYield", open_cache, work_cache_yield, work_region_unmap },
	[KT_WORK_KIND_CACHE_PIPE] = { "CachePipe", open_pipe, work_cache_pipe, work_pipe_close },
	[KT_WORK_KIND_SEQUENCE] = { "Sequence", work_io_open, work_sequence, work_io_close },
	[KT_WORK_KIND_FORK_EXIT] = { "ForkExit", NULL, work_fork_exit, NULL },
	[KT_WORK_KIND_NICE_SWEEP] = { "NiceSweep", NULL, work_nice_sweep, NULL },
	[KT_WORK_KIND_AFFINITY_CHURN] = { "AffinityChurn", NULL, work_affinity_churn, NULL },
	[KT_WORK_KIND_POLICY_CHURN] = { "PolicyChurn", NULL, work_policy_churn, NULL },
	[KT_WORK_KIND_PAGE_FAULT_CHURN] = { "PageFaultChurn", work_page_open, work_page_fault_churn, work_region_unmap },
	[KT_WORK_KIND_MUTEX_CONTENTION] = { "MutexContention", NULL, work_mutex_contention, NULL },
	[KT_WORK_KIND_SIGNAL_STORM] = { "SignalStorm", work_signal_open, work_signal_storm, work_signal_close },
	[KT_WORK_KIND_CUSTOM] = { "Custom", NULL, work_custom, NULL },
};

static const struct work_type *type_of(int32_t kind)
{
	static const struct work_type NONE = { NULL, NULL, NULL, NULL };
	return kind > 0 && kind < (int32_t)(sizeof(TYPES) / sizeof(TYPES[0])) ? &TYPES[kind] : &NONE;
}

const char *work_name(int32_t kind)
{
	const char *name = type_of(kind)->name;
	return name ? name : "work";
}

int work_group_size(const struct kt_work_group *group)
{
	const struct kt_work_parameters *p = &group->parameters;
	switch (group->kind) {
	case KT_WORK_KIND_PIPE_IO:
	case KT_WORK_KIND_FUTEX_PING_PONG:
	case KT_WORK_KIND_CACHE_PIPE:
	case KT_WORK_KIND_SIGNAL_STORM:
		return 2;
	case KT_WORK_KIND_FUTEX_FAN_OUT:
	case KT_WORK_KIND_FAN_OUT_COMPUTE:
		return p->fan_out > 0 && p->fan_out < (int)KT_MAX_WORKERS ? p->fan_out + 1 : 1;
	case KT_WORK_KIND_MUTEX_CONTENTION:
		return p->contenders > 0 ? p->contenders : 1;
	default:
		return 1;
	}
}

struct range {
	const char *name;
	int64_t value, least, most;
};

static bool in_range(const char *kind, const struct range *r, char *error, size_t room)
{
	if (r->value >= r->least && r->value <= r->most)
		return true;
	snprintf(error, room, "%s: %s is %lld, and must be from %lld to %lld", kind, r->name, (long long)r->value,
		 (long long)r->least, (long long)r->most);
	return false;
}

static bool all_in_range(const char *kind, const struct range *ranges, int n, char *error, size_t room)
{
	for (int i = 0; i < n; i++)
		if (!in_range(kind, &ranges[i], error, room))
			return false;
	return true;
}

#define ALL_IN_RANGE(...)                                                                                       \
	all_in_range(work_name(group->kind), (const struct range[]){ __VA_ARGS__ },                             \
		     sizeof((const struct range[]){ __VA_ARGS__ }) / sizeof(struct range), error, room)

static bool check_phases(const struct kt_work_group *group, char *error, size_t room)
{
	if (!ALL_IN_RANGE({ "the number of phases", group->phases.n, 1, 4096 }))
		return false;
	for (uint32_t i = 0; i < group->phases.n; i++)
		if (!ALL_IN_RANGE({ "the duration of a phase in ns", group->phases.v[i].duration_ns, 1, MAX_NS }))
			return false;
	return true;
}

static bool check_program(const struct kt_work_group *group, char *error, size_t room)
{
	if (!group->command.n || !group->command.v[0][0]) {
		snprintf(error, room, "Custom has no program");
		return false;
	}
	if (group->clone_mode == KT_CLONE_MODE_THREAD || group->pcomm[0]) {
		snprintf(error, room, "Custom runs a program, which is a process of its own: it cannot be a thread (%s)",
			 group->pcomm[0] ? "pcomm" : "CloneMode.THREAD");
		return false;
	}
	return true;
}

static bool check_parameters(const struct kt_work_group *group, char *error, size_t room)
{
	const struct kt_work_parameters *p = &group->parameters;
	struct range stride = { "stride in bytes", p->stride_bytes, 1, 1024ll * p->size_kb };
	switch (group->kind) {
	case KT_WORK_KIND_BURSTY:
		return ALL_IN_RANGE({ "burst in ns", p->burst_ns, 1, MAX_NS },
				    { "sleep in ns", p->sleep_ns, 1, MAX_NS });
	case KT_WORK_KIND_SEQUENCE:
		return check_phases(group, error, room);
	case KT_WORK_KIND_PIPE_IO:
		return ALL_IN_RANGE({ "burstIters", p->burst_iters, 0, MAX_TURNS });
	case KT_WORK_KIND_FUTEX_PING_PONG:
	case KT_WORK_KIND_AFFINITY_CHURN:
	case KT_WORK_KIND_POLICY_CHURN:
		return ALL_IN_RANGE({ "spinIters", p->spin_iters, 0, MAX_TURNS });
	case KT_WORK_KIND_FUTEX_FAN_OUT:
		return ALL_IN_RANGE({ "fanOut", p->fan_out, 1, KT_MAX_WORKERS - 1 }, { "spinIters", p->spin_iters, 0, MAX_TURNS });
	case KT_WORK_KIND_FAN_OUT_COMPUTE:
		return ALL_IN_RANGE({ "fanOut", p->fan_out, 1, KT_MAX_WORKERS - 1 }, { "cacheKb", p->size_kb, 1, MAX_KB },
				    { "operations", p->operations, 0, MAX_OPERATIONS },
				    { "sleep in ns", p->sleep_ns, 0, MAX_NS });
	case KT_WORK_KIND_CACHE_PIPE:
		/* A stride of 0: a cache line, for the type has no such parameter. */
		return ALL_IN_RANGE({ "sizeKb", p->size_kb, 1, MAX_KB }, { "burstIters", p->burst_iters, 0, MAX_TURNS });
	case KT_WORK_KIND_CACHE_PRESSURE:
	case KT_WORK_KIND_CACHE_YIELD:
		return ALL_IN_RANGE({ "sizeKb", p->size_kb, 1, MAX_KB }, stride);
	case KT_WORK_KIND_PAGE_FAULT_CHURN:
		return ALL_IN_RANGE({ "regionKb", p->region_kb, 4, MAX_REGION_KB }, { "touches", p->touches, 1, MAX_TOUCHES },
				    { "spinIters", p->spin_iters, 0, MAX_TURNS });
	case KT_WORK_KIND_MUTEX_CONTENTION:
		return ALL_IN_RANGE({ "contenders", p->contenders, 1, KT_MAX_WORKERS },
				    { "holdIters", p->hold_iters, 0, MAX_TURNS }, { "workIters", p->work_iters, 0, MAX_TURNS });
	case KT_WORK_KIND_CUSTOM:
		return check_program(group, error, room);
	default:
		return true;
	}
}

bool work_check(const struct kt_work_group *group, char *error, size_t room)
{
	if (!type_of(group->kind)->run) {
		snprintf(error, room, "work type %d is not known to this agent", group->kind);
		return false;
	}
	if (!ALL_IN_RANGE({ "the number of workers", group->workers, 0, KT_MAX_WORKERS }) ||
	    !check_parameters(group, error, room))
		return false;
	int size = work_group_size(group);
	if (group->workers % size == 0)
		return true;
	snprintf(error, room, "%s requires workers divisible by %d, got %d", work_name(group->kind), size, group->workers);
	return false;
}

size_t work_shared_size(const struct kt_work_group *group)
{
	char error[128];
	if (!work_check(group, error, sizeof(error)))
		return 0; /* work_share says why */
	switch (group->kind) {
	case KT_WORK_KIND_PIPE_IO:
	case KT_WORK_KIND_FUTEX_PING_PONG:
	case KT_WORK_KIND_CACHE_PIPE:
		return work_pair_size(group->workers);
	case KT_WORK_KIND_FUTEX_FAN_OUT:
	case KT_WORK_KIND_FAN_OUT_COMPUTE:
		return work_fan_size(group);
	case KT_WORK_KIND_MUTEX_CONTENTION:
		return work_mutex_size(group);
	case KT_WORK_KIND_SIGNAL_STORM:
		return work_signal_size(group->workers);
	case KT_WORK_KIND_CUSTOM:
		return work_custom_size(group->workers);
	default:
		return 0;
	}
}

bool work_share(void *shared, const struct kt_work_group *group, int n, char *error, size_t room)
{
	if (!work_check(group, error, room))
		return false;
	if (group->kind == KT_WORK_KIND_CUSTOM)
		work_custom_share(shared, group, n);
	return true;
}

void work_unshare(void *shared, const struct kt_work_group *group, int n)
{
	(void)shared, (void)group, (void)n;
}

void work_prepare(struct worker *w)
{
	/* Sleeps as long as they are meant to be: what comes on top is the scheduler's. The default is 50 µs of slack. */
	prctl(PR_SET_TIMERSLACK, 1ul, 0ul, 0ul, 0ul);
	w->fd = -1;
	w->own = NULL;
	if (type_of(w->group->kind)->open)
		type_of(w->group->kind)->open(w);
}

void work_run(struct worker *w)
{
	type_of(w->group->kind)->run(w);
}

void work_clean(struct worker *w)
{
	if (type_of(w->group->kind)->close)
		type_of(w->group->kind)->close(w);
}

void work_spin(struct worker *w, int64_t turns)
{
	for (; turns > SPINS_PER_LOOK && !worker_stopped(w); turns -= SPINS_PER_LOOK) {
		w->x = arch_spin(w->x, SPINS_PER_LOOK);
		worker_look(w);
	}
	if (!worker_stopped(w))
		w->x = arch_spin(w->x, turns);
}

void work_wait(struct worker *w, _Atomic uint32_t *futex, uint32_t value)
{
	int64_t until = w->last_ns + WORK_WAIT_NS;
	work_blocks(w, until);
	futex_wait(futex, value, WORK_WAIT_NS);
	if (atomic_load(futex) == value)
		worker_slept(w, until);
}

void work_received(struct worker *w, int64_t sent_ns)
{
	worker_woke(w, worker_slept(w, sent_ns) - sent_ns);
}

void work_idle(struct worker *w)
{
	while (!worker_stopped(w))
		worker_sleep(w, WORK_WAIT_NS);
}
