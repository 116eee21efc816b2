#include "arena.h"
#include "cgroup.h"
#include "crew_state.h"
#include "loop.h"
#include "shm.h"
#include "work.h"
#include "worker_main.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define READY_NS (20 * NS_PER_S)
#define READY_NS_PER_WORKER (20 * NS_PER_MS)

static uint64_t cycles_per_ms = 1000000;

void crew_init(uint64_t cycles)
{
	cycles_per_ms = cycles;
	struct rlimit files;
	if (!getrlimit(RLIMIT_NOFILE, &files)) {
		files.rlim_cur = files.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &files))
			say("raising the limit of open files to %llu: %s", (unsigned long long)files.rlim_max, strerror(errno));
	}
}

static bool threads(const struct kt_work_group *group)
{
	return group->clone_mode == KT_CLONE_MODE_THREAD || group->pcomm[0];
}

static bool valid(const struct kt_work_group *group, const char *cgroup, char *error, size_t room)
{
	char why[400] = "";
	if (group->workers < 0 || (uint32_t)group->workers > KT_MAX_WORKERS)
		snprintf(error, room, "cgroup '%s': %d workers; at most %d can be", cgroup, group->workers, (int)KT_MAX_WORKERS);
	else if (!work_check(group, why, sizeof(why)))
		snprintf(error, room, "cgroup '%s': %s", cgroup, why);
	else
		return true;
	return false;
}

static size_t page_up(size_t size)
{
	return (size + 4095) & ~(size_t)4095;
}

/* One allocation holds all that the crew shares with its workers: control, logs, slot numbers, order, the group, its own memory. */
static bool allocate(struct crew *crew, struct leader_order *order, const struct kt_writer *group)
{
	size_t logs = page_up(sizeof(*crew->control)), slots = logs + page_up(crew->n * sizeof(*crew->logs));
	size_t bytes = slots + page_up(crew->n * sizeof(int32_t)), shared = bytes + page_up(group->length);
	uint8_t *memory = arena_alloc(shared + work_shared_size(&crew->group));
	crew->members = calloc(crew->n + (size_t)1, sizeof(*crew->members));
	crew->control = (struct worker_control *)memory;
	if (!memory || !crew->members)
		return false;
	crew->logs = (struct worker_log *)(memory + logs);
	crew->shared = memory + shared;
	crew->control->cycles_per_ms = cycles_per_ms;
	crew->cpusets = 1; /* the first: every CPU */
	memcpy(memory + bytes, group->data, group->length);
	int32_t *numbers = (int32_t *)(memory + slots);
	for (uint32_t i = 0; i < crew->n; i++)
		numbers[i] = crew->members[i].slot;
	*order = (struct leader_order){ .workers = crew->n, .group = memory + bytes, .group_size = (uint32_t)group->length,
					.shared = crew->shared, .control = crew->control, .logs = crew->logs, .slots = numbers };
	return true;
}

static bool take_slots(struct crew *crew, int32_t *numbers, char *error, size_t room)
{
	for (uint32_t i = 0; i < crew->n; i++)
		crew->members[i] = (struct member){ .slot = -1, .status = -1, .cpu_ns = -1 };
	for (uint32_t i = 0; i < crew->n; i++) {
		int slot = crew->members[i].slot = slot_take();
		if (slot < 0) {
			snprintf(error, room, "cgroup '%s': %u more workers do not fit: %d are the most at one time", crew->cgroup, crew->n,
				 (int)KT_MAX_WORKERS);
			return false;
		}
		numbers[i] = slot;
		struct worker_slot *counters = crew_slot(crew, i);
		memset((void *)counters, 0, sizeof(*counters));
		counters->gap_cpu = counters->cpu = -1;
		counters->cpu_time_ns = counters->run_delay_ns = counters->run_count = -1;
	}
	return true;
}

static void run_process(struct crew *crew, uint32_t i, pid_t agent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != agent)
		_exit(0);
	worker_signals();
	struct worker_start start = { .group = &crew->group, .shared = crew->shared, .index = (int)i, .slot = crew_slot(crew, i),
				      .control = crew->control, .log = &crew->logs[i] };
	int status = worker_main(&start);
	_exit(status);
}

static bool fork_workers(struct crew *crew, char *error, size_t room)
{
	pid_t agent = getpid();
	for (uint32_t i = 0; i < crew->n; i++) {
		pid_t pid = fork();
		if (!pid)
			run_process(crew, i, agent);
		if (pid < 0) {
			snprintf(error, room, "cgroup '%s': forking worker %u of %u: %s", crew->cgroup, i, crew->n, strerror(errno));
			return false;
		}
		crew->members[i].pid = pid;
		crew->alive++;
		if (!cgroup_move(crew->cgroup, pid, error, room))
			return false;
	}
	return true;
}

static bool make_processes(struct crew *crew, char *error, size_t room)
{
	if (!work_share(crew->shared, &crew->group, (int)crew->n, error, room))
		return false;
	bool ok = fork_workers(crew, error, room);
	work_unshare(crew->shared, &crew->group, (int)crew->n);
	return ok;
}

static bool make_threads(struct crew *crew, const struct leader_order *order, char *error, size_t room)
{
	crew->leader = leader_get(crew->group.pcomm, crew->group.comm, crew->cgroup);
	if (!crew->leader) {
		snprintf(error, room, "cgroup '%s': forking the leader of %u threads: %s", crew->cgroup, crew->n, strerror(errno));
		return false;
	}
	for (uint32_t i = 0; i < crew->n; i++)
		crew->members[i].pid = leader_pid(crew->leader);
	if (!cgroup_move(crew->cgroup, leader_pid(crew->leader), error, room))
		return false;
	crew->alive = crew->n;
	leader_order(crew->leader, order);
	return true;
}

/* What the first worker that failed says, if one did. */
static bool failed(struct crew *crew, char *error, size_t room)
{
	for (uint32_t i = 0; i < crew->n; i++)
		if (atomic_load_explicit(&crew_slot(crew, i)->state, memory_order_acquire) == WORKER_FAILED) {
			snprintf(error, room, "cgroup '%s': worker %u (%s): %s", crew->cgroup, i, work_name(crew->group.kind),
				 crew->logs[i].error);
			return true;
		}
	return false;
}

/* Workers of a group may wait for each other when they prepare: one that fails is seen at once, not when all are ready. */
static bool await_ready(struct crew *crew, char *error, size_t room)
{
	struct worker_control *control = crew->control;
	int64_t deadline = now_ns() + READY_NS + crew->n * READY_NS_PER_WORKER;
	uint32_t ready;
	while ((ready = atomic_load(&control->ready)) < crew->n) {
		if (failed(crew, error, room))
			return false;
		bool died = crew->alive < crew->n;
		if (died || now_ns() > deadline) {
			snprintf(error, room, "cgroup '%s': %u of %u workers were configured %s", crew->cgroup, ready, crew->n,
				 died ? "when one of them was killed" : "in 20 s, and 20 ms more for each");
			return false;
		}
		futex_wait(&control->ready, ready, 20 * NS_PER_MS);
		loop_turn(0);
	}
	return !failed(crew, error, room);
}

static bool start(struct crew *crew, const struct kt_writer *encoded, char *error, size_t room)
{
	struct leader_order order;
	if (!allocate(crew, &order, encoded)) {
		snprintf(error, room, "cgroup '%s': no memory for %u workers: %s", crew->cgroup, crew->n, strerror(errno));
		return false;
	}
	order.first_slot = (struct worker_slot *)(void *)shm_counters();
	if (!take_slots(crew, (int32_t *)order.slots, error, room))
		return false;
	bool made = threads(&crew->group) ? make_threads(crew, &order, error, room) : make_processes(crew, error, room);
	if (!made)
		return false;
	atomic_store(&crew->control->configure, 1);
	futex_wake_all(&crew->control->configure);
	return await_ready(crew, error, room);
}

struct crew *crew_start(const struct kt_work_group *group, const char *cgroup, char *error, size_t room)
{
	if (!valid(group, cgroup, error, room))
		return NULL;
	struct crew *crew = calloc(1, sizeof(*crew));
	struct kt_writer encoded = { 0 };
	kt_put_work_group(&encoded, group);
	struct kt_reader r = { encoded.data, encoded.data + encoded.length, NULL };
	if (crew)
		r.arena = &crew->arena;
	if (!crew || encoded.failed || !kt_get_work_group(&r, &crew->group) || !(crew->cgroup = strdup(cgroup)))
		fatal("out of memory");
	crew->n = (uint32_t)group->workers;
	crew->next = crews;
	crews = crew;
	bool ok = start(crew, &encoded, error, room);
	free(encoded.data);
	if (ok)
		return crew;
	crew_free(crew);
	return NULL;
}
