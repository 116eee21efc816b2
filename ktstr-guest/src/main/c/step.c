#include "step.h"
#include "cgroup.h"
#include "loop.h"
#include "reply.h"
#include "shm.h"
#include "util.h"
#include "worker_main.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define READY_NS (20 * NS_PER_S)
#define STOP_NS (5 * NS_PER_S)
#define REMOVE_NS (2 * NS_PER_S)

struct member {
	pid_t pid;
	int cgroup, group, index;
	bool reaped;
	int status;
	int64_t reaped_ns;
	int64_t usage_ns; /* CPU time as the kernel accounts it */
};

static const struct kt_step_plan *step;
static struct worker_control *control;
static struct member *members;
static struct worker_log *logs;
static int count, alive, room_for;
static uint32_t cgroups_made;

static struct worker_slot *slots(void)
{
	return (struct worker_slot *)shm_counters();
}

static int64_t timeval_ns(struct timeval t)
{
	return t.tv_sec * NS_PER_S + t.tv_usec * 1000ll;
}

bool step_reaped(pid_t pid, int status, const struct rusage *usage)
{
	for (int i = 0; i < count; i++) {
		if (members[i].pid != pid || members[i].reaped)
			continue;
		members[i].reaped = true;
		members[i].status = status;
		members[i].reaped_ns = now_ns();
		members[i].usage_ns = timeval_ns(usage->ru_utime) + timeval_ns(usage->ru_stime);
		alive--;
		return true;
	}
	return false;
}

static bool start_worker(int cgroup, int group, int index, char *error, size_t room)
{
	struct worker_slot *slot = &slots()[count];
	memset((void *)slot, 0, sizeof(*slot));
	slot->gap_cpu = slot->cpu = -1;
	slot->cpu_time_ns = slot->run_delay_ns = slot->run_count = -1;
	const struct kt_cgroup_plan *plan = &step->setup.v[cgroup];
	struct worker_start start = { .group = &plan->works.v[group], .slot = slot, .control = control, .log = &logs[count] };
	pid_t pid = fork();
	if (!pid) {
		sigset_t none;
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		_exit(worker_main(&start));
	}
	if (pid < 0) {
		snprintf(error, room, "cgroup '%s': forking a worker: %s", plan->name, strerror(errno));
		return false;
	}
	members[count++] = (struct member){ .pid = pid, .cgroup = cgroup, .group = group, .index = index, .status = -1 };
	alive++;
	return cgroup_move(plan->name, pid, error, room);
}

static bool await_ready(char *error, size_t room)
{
	int64_t deadline = now_ns() + READY_NS;
	uint32_t ready;
	while ((ready = atomic_load(&control->ready)) < (uint32_t)count) {
		if (now_ns() > deadline || alive < count) {
			snprintf(error, room, "%u of %d workers were configured %s", ready, count,
				 alive < count ? "when one ended" : "in 20 s");
			return false;
		}
		futex_wait(&control->ready, ready, 20 * NS_PER_MS);
		loop_turn(0);
	}
	return true;
}

static bool allocate(int workers, uint64_t cycles_per_ms)
{
	control = mmap(NULL, sizeof(*control), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	members = calloc((size_t)workers + 1, sizeof(*members));
	room_for = workers + 1;
	logs = mmap(NULL, sizeof(*logs) * (size_t)room_for, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (control == MAP_FAILED || !members || logs == MAP_FAILED)
		fatal("out of memory");
	control->cycles_per_ms = cycles_per_ms;
	return true;
}

bool step_set_up(const struct kt_step_plan *plan, uint64_t cycles_per_ms, char *error, size_t room)
{
	step = plan;
	count = alive = 0;
	cgroups_made = 0;
	int workers = 0;
	for (uint32_t c = 0; c < plan->setup.n; c++)
		for (uint32_t g = 0; g < plan->setup.v[c].works.n; g++)
			workers += plan->setup.v[c].works.v[g].workers;
	allocate(workers, cycles_per_ms);
	for (uint32_t c = 0; c < plan->setup.n; c++) {
		cgroups_made = c + 1;
		if (!cgroup_make(&plan->setup.v[c], error, room))
			return false;
		for (uint32_t g = 0; g < plan->setup.v[c].works.n; g++)
			for (int i = 0; i < plan->setup.v[c].works.v[g].workers; i++)
				if (!start_worker((int)c, (int)g, i, error, room))
					return false;
	}
	return await_ready(error, room);
}

int64_t step_release(void)
{
	int64_t now = now_ns();
	for (int i = 0; i < count; i++)
		slots()[i].checkpoint_ns = now; /* one that never runs has its gap from here */
	control->release_ns = now;
	atomic_store(&control->release, 1);
	futex_wake_all(&control->release);
	return now;
}

static void await_members(int64_t deadline)
{
	while (alive > 0 && now_ns() < deadline)
		loop_turn(deadline);
}

int64_t step_stop(void)
{
	int64_t now = now_ns();
	if (!control->release_ns)
		control->release_ns = now;
	atomic_store(&control->stop, 1);
	atomic_store(&control->release, 1);
	futex_wake_all(&control->stop);
	futex_wake_all(&control->release);
	await_members(now + STOP_NS);
	if (alive) {
		for (uint32_t c = 0; c < cgroups_made; c++)
			cgroup_kill(step->setup.v[c].name);
		for (int i = 0; i < count; i++)
			if (!members[i].reaped)
				kill(members[i].pid, SIGKILL);
		await_members(now_ns() + STOP_NS);
	}
	return now;
}

/* Completes what a worker that did not end by itself left open: its last gap lasts until its end. */
static void close_report(struct kt_worker_report *report, const struct member *member, const struct worker_slot *slot)
{
	int64_t end = member->reaped ? member->reaped_ns : now_ns();
	int64_t gap = end - slot->checkpoint_ns;
	report->wall_time_ns = end - control->release_ns;
	report->cpu_time_ns = member->usage_ns;
	if (gap > report->longest_gap_ns) {
		report->longest_gap_ns = gap;
		report->longest_gap_at_ns = slot->checkpoint_ns - control->release_ns;
		report->longest_gap_cpu = slot->cpu;
	}
}

static struct kt_worker_report report_of(int i, int step_index, struct kt_cpu_use *use)
{
	const struct member *member = &members[i];
	const struct worker_slot *slot = &slots()[i];
	const struct kt_cgroup_plan *cgroup = &step->setup.v[member->cgroup];
	struct kt_worker_report report = {
		.step = step_index,
		.cgroup = cgroup->name,
		.label = cgroup->works.v[member->group].label,
		.index = member->index,
		.pid = member->pid,
		.tid = member->pid,
		.work_units = (int64_t)slot->units,
		.iterations = (int64_t)slot->iterations,
		.cpu_time_ns = slot->cpu_time_ns,
		.wall_time_ns = slot->wall_time_ns,
		.migrations = (int64_t)slot->migrations,
		.cpu_use = { 1, use },
		.longest_gap_ns = slot->gap_ns,
		.longest_gap_cpu = slot->gap_cpu,
		.longest_gap_at_ns = slot->gap_at_ns,
		.pages_migrated = -1,
		.schedstat_cpu_ns = -1,
		.run_delay_ns = slot->run_delay_ns,
		.run_count = slot->run_count,
		.wait_status = member->status,
		.completed = member->reaped && member->status == 0 && slot->state == WORKER_COMPLETE,
	};
	use->allowed = cgroup->cpus;
	use->used.n = 0;
	for (int cpu = 0; cpu < (int)KT_MAX_CPUS; cpu++)
		if (bit_get(slot->cpus, cpu))
			use->used.v[use->used.n++] = cpu;
	if (!report.completed)
		close_report(&report, member, slot);
	int64_t off = report.wall_time_ns - report.cpu_time_ns;
	report.off_cpu_ns = off > 0 ? off : 0;
	return report;
}

#define FRAME_WORKERS 64 /* with 1024 CPUs each a frame stays under a MiB */

void step_send_workers(int step_index)
{
	static int32_t cpus[KT_MAX_CPUS];
	for (int from = 0; from < count; from += FRAME_WORKERS) {
		struct kt_writer w = { 0 };
		uint32_t n = (uint32_t)(count - from < FRAME_WORKERS ? count - from : FRAME_WORKERS);
		kt_put_raw(&w, &n, sizeof(n));
		for (uint32_t i = 0; i < n; i++) {
			struct kt_cpu_use use = { .used = { 0, cpus } };
			struct kt_worker_report report = report_of(from + (int)i, step_index, &use);
			kt_put_worker_report(&w, &report);
		}
		send_written(KT_MESSAGE_TYPE_WORKERS, 0, &w);
	}
}

bool step_clear_away(char *error, size_t room)
{
	bool ok = true;
	int64_t deadline = now_ns() + REMOVE_NS;
	for (uint32_t c = cgroups_made; c-- > 0;) {
		const char *name = step->setup.v[c].name;
		/* A task leaves its cgroup some time after it was reaped. */
		while (cgroup_remove(name)) {
			if (errno == EBUSY && now_ns() < deadline) {
				nanosleep(&(struct timespec){ 0, NS_PER_MS }, NULL);
				continue;
			}
			if (!error[0])
				snprintf(error, room, "cgroup '%s': removing it: %s", name, strerror(errno));
			ok = false;
			break;
		}
	}
	munmap(control, sizeof(*control));
	munmap(logs, sizeof(*logs) * (size_t)room_for);
	free(members);
	members = NULL;
	count = alive = 0;
	return ok;
}
