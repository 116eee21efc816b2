#include "crew_state.h"
#include "arena.h"
#include "cgroup.h"
#include "loop.h"
#include "settle.h"
#include "shm.h"
#include "telemetry.h"
#include "work.h"
#include "worker_main.h"
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NUDGE_NS (5 * NS_PER_MS)
#define NUDGES_NS (10 * NS_PER_MS)
#define LOOK_NS (2 * NS_PER_MS) /* how often threads are looked at: their end is no signal */
#define TERMINATE_NS NS_PER_S
#define KILL_NS (5 * NS_PER_S)

struct crew *crews;
static int16_t free_slots[KT_MAX_WORKERS];
static int free_count = -1;

static void fill_slots(void)
{
	for (free_count = 0; free_count < (int)KT_MAX_WORKERS; free_count++)
		free_slots[free_count] = (int16_t)(KT_MAX_WORKERS - 1 - free_count);
}

int slot_take(void)
{
	if (free_count < 0)
		fill_slots();
	return free_count ? free_slots[--free_count] : -1;
}

void slot_give(int slot)
{
	free_slots[free_count++] = (int16_t)slot;
}

struct worker_slot *crew_slot(const struct crew *crew, uint32_t i)
{
	return &((struct worker_slot *)shm_counters())[crew->members[i].slot];
}

int64_t crew_release(struct crew *crew)
{
	int64_t now = now_ns();
	for (uint32_t i = 0; i < crew->n; i++)
		crew_slot(crew, i)->checkpoint_ns = now; /* one that never runs has its gap from here */
	atomic_store(&crew->control->release_ns, now);
	atomic_store(&crew->control->release, 1);
	futex_wake_all(&crew->control->release);
	return now;
}

void crew_stop(struct crew *crew)
{
	struct worker_control *control = crew->control;
	if (crew->stop_ns)
		return;
	crew->stop_ns = now_ns();
	if (!control->release_ns)
		control->release_ns = crew->stop_ns;
	atomic_store(&control->stop, 1);
	atomic_store(&control->configure, 1);
	atomic_store(&control->release, 1);
	futex_wake_all(&control->stop);
	futex_wake_all(&control->configure);
	futex_wake_all(&control->release);
	if (crew->leader)
		leader_quit(crew->leader);
}

void crew_ended(struct crew *crew, uint32_t i, int status, int64_t cpu_ns)
{
	struct member *member = &crew->members[i];
	if (member->ended)
		return;
	member->ended = true;
	member->status = status;
	member->ended_ns = now_ns();
	if (cpu_ns >= 0)
		member->cpu_ns = cpu_ns;
	crew->alive--;
}

void crew_look(struct crew *crew)
{
	if (!crew->leader || !crew->alive)
		return;
	/* Only when all have left is their memory nobody's but ours; single ones are seen by their state. */
	bool all = atomic_load(&crew->control->ended) >= crew->n;
	for (uint32_t i = 0; i < crew->n; i++) {
		uint32_t state = atomic_load_explicit(&crew_slot(crew, i)->state, memory_order_acquire);
		if (all || (leader_gone(crew->leader) && state >= WORKER_COMPLETE))
			crew_ended(crew, i, state == WORKER_COMPLETE ? 0 : WORKER_FAILED_STATUS << 8, -1);
	}
}

static int64_t timeval_ns(struct timeval t)
{
	return t.tv_sec * NS_PER_S + t.tv_usec * 1000ll;
}

bool crew_reaped(pid_t pid, int status, const struct rusage *usage)
{
	struct leader *leader = leader_reaped(pid);
	for (struct crew *crew = crews; crew; crew = crew->next) {
		if (leader && crew->leader == leader) {
			crew_look(crew);
			for (uint32_t i = 0; i < crew->n; i++)
				crew_ended(crew, i, status, -1);
		}
		for (uint32_t i = 0; !leader && !crew->leader && i < crew->n; i++)
			if (crew->members[i].pid == pid && !crew->members[i].ended) {
				crew_ended(crew, i, status, timeval_ns(usage->ru_utime) + timeval_ns(usage->ru_stime));
				return true;
			}
	}
	return leader;
}

static bool done(struct crew *crew)
{
	crew_look(crew);
	/* The last crew of a leader waits for the leader, too. */
	return !crew->alive && (!crew->leader || leader_needed(crew->leader) || leader_gone(crew->leader));
}

static bool all_done(struct crew **list, int n)
{
	for (int c = 0; c < n; c++)
		if (!done(list[c]))
			return false;
	return true;
}

static void signal_worker(const struct crew *crew, uint32_t i, int number)
{
	pid_t tid = atomic_load(&crew->logs[i].tid);
	if (!crew->members[i].ended && crew->members[i].pid > 0 && tid > 0)
		syscall(SYS_tgkill, crew->members[i].pid, tid, number);
}

/* Interrupts what workers wait in. They may be about to wait: so again and again. */
static void nudge(struct crew *crew)
{
	bool custom = crew->group.kind == KT_WORK_KIND_CUSTOM;
	if (custom && (crew->terminated || now_ns() < crew->stop_ns + TERMINATE_NS))
		return;
	crew->terminated = custom;
	for (uint32_t i = 0; i < crew->n; i++)
		if (atomic_load(&crew_slot(crew, i)->state) < WORKER_COMPLETE)
			signal_worker(crew, i, custom ? SIGTERM : WORKER_NUDGE);
}

static void await(struct crew **list, int n, int64_t deadline, bool nudging)
{
	int64_t next_nudge = now_ns() + NUDGE_NS, now;
	while (!all_done(list, n) && (now = now_ns()) < deadline) {
		int64_t until = deadline;
		for (int c = 0; c < n; c++)
			if (list[c]->leader && list[c]->alive && until > now + LOOK_NS)
				until = now + LOOK_NS;
		if (nudging && now >= next_nudge) {
			for (int c = 0; c < n; c++)
				nudge(list[c]);
			next_nudge = now + NUDGES_NS;
		}
		loop_turn(nudging && next_nudge < until ? next_nudge : until);
	}
}

/* What the kernel says it used, as it can no longer say so itself afterwards. */
static void note_cpu_time(struct crew *crew, uint32_t i)
{
	char task[48];
	snprintf(task, sizeof(task), "%d/task/%d", crew->members[i].pid, atomic_load(&crew->logs[i].tid));
	struct schedstat s = telemetry_schedstat(task);
	if (s.known)
		crew->members[i].cpu_ns = s.cpu_ns;
}

static void kill_crew(struct crew *crew)
{
	for (uint32_t i = 0; i < crew->n; i++)
		if (!crew->members[i].ended && crew->members[i].pid > 0)
			note_cpu_time(crew, i);
	if (crew->leader && !leader_gone(crew->leader))
		kill(leader_pid(crew->leader), SIGKILL);
	for (uint32_t i = 0; !crew->leader && i < crew->n; i++)
		if (!crew->members[i].ended && crew->members[i].pid > 0)
			kill(crew->members[i].pid, SIGKILL);
}

bool crew_await(struct crew **list, int n, int64_t deadline)
{
	await(list, n, deadline, true);
	if (all_done(list, n))
		return true;
	for (int c = 0; c < n; c++)
		if (!done(list[c]))
			kill_crew(list[c]);
	await(list, n, now_ns() + KILL_NS, false);
	return false;
}

bool crew_set_affinity(struct crew *crew, const struct kt_cpu_list_list *lists, char *error, size_t room)
{
	static const struct kt_i32_list ALL;
	for (uint32_t i = 0; i < crew->n; i++) {
		const struct kt_i32_list *cpus = lists->n ? &lists->v[i % lists->n].cpus : &ALL;
		pid_t tid = atomic_load(&crew->logs[i].tid);
		if (crew->members[i].ended || !settle_cpus(tid, cpus) || errno == ESRCH)
			continue;
		int failed = errno;
		char text[128];
		format_list(cpus, text, sizeof(text));
		snprintf(error, room, "cgroup '%s': setting affinity of worker %u (task %d) to CPUs %s: %s%s", crew->cgroup, i, tid,
			 cpus->n ? text : "all", strerror(failed),
			 failed == EINVAL ? "; none of them is in its cpuset and online" : "");
		return false;
	}
	return true;
}

bool crew_move(struct crew *crew, const char *to_cgroup, char *error, size_t room)
{
	if (crew->leader) {
		if (leader_gone(crew->leader))
			return true;
		if (!cgroup_move(to_cgroup, leader_pid(crew->leader), error, room))
			return false;
		leader_moved(crew->leader, to_cgroup);
		return true;
	}
	for (uint32_t i = 0; i < crew->n; i++) {
		const struct member *member = &crew->members[i];
		/* One that has died and was not yet reaped cannot be moved, and need not be. */
		if (!member->ended && !cgroup_move(to_cgroup, member->pid, error, room) && errno != ESRCH)
			return false;
	}
	error[0] = 0;
	return true;
}

uint32_t crew_size(const struct crew *crew)
{
	return crew->n;
}

pid_t crew_pid(const struct crew *crew, uint32_t i)
{
	return crew->members[i].pid;
}

pid_t crew_tid(const struct crew *crew, uint32_t i)
{
	return atomic_load(&crew->logs[i].tid);
}

int64_t crew_iterations(const struct crew *crew, uint32_t i)
{
	work_collect(crew->shared, &crew->group, (int)i, crew_cpusets(crew), crew_slot(crew, i), &crew->logs[i]);
	return (int64_t)crew_slot(crew, i)->iterations;
}

/* Stops and kills what is left of a crew that got as far as having memory; whether all of it is gone. */
static bool end(struct crew *crew)
{
	if (!crew->control)
		return true;
	crew_stop(crew);
	if (done(crew))
		return true;
	kill_crew(crew);
	await(&crew, 1, now_ns() + KILL_NS, false);
	return done(crew);
}

void crew_free(struct crew *crew)
{
	if (!crew)
		return;
	bool gone = end(crew);
	struct crew **link = &crews;
	while (*link != crew)
		link = &(*link)->next;
	*link = crew->next;
	/* A worker that not even SIGKILL ends may still write its counters: its slot and the crew's memory stay taken. */
	for (uint32_t i = 0; crew->members && i < crew->n; i++)
		if (crew->members[i].slot >= 0 && (gone || crew->members[i].ended))
			slot_give(crew->members[i].slot);
	if (gone)
		arena_free(crew->control);
	if (crew->leader && gone)
		leader_put(crew->leader);
	kt_arena_free(&crew->arena);
	free(crew->cgroup);
	free(crew->members);
	free(crew);
}
