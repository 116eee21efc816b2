/* What a worker did, from its counters, its log, and what the kernel said of its end. */
#include "crew_state.h"
#include "work.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Memory for the lists of one report. */
static struct {
	int32_t *cpus;
	size_t room;
	struct kt_cpu_use use[WORKER_CPUSETS];
	struct kt_migration migrations[WORKER_MIGRATIONS];
	struct kt_histogram_bucket wakes[WORKER_WAKE_BUCKETS];
	struct kt_node_pages pages[WORKER_NODES];
} lists;

static bool any(const uint64_t set[WORKER_CPU_WORDS])
{
	for (int i = 0; i < (int)WORKER_CPU_WORDS; i++)
		if (set[i])
			return true;
	return false;
}

/* The CPUs of a set; they lie behind those of the sets before. */
static struct kt_i32_list list_of(const uint64_t set[WORKER_CPU_WORDS], size_t *used)
{
	struct kt_i32_list list = { 0, lists.cpus + *used };
	for (int cpu = 0; cpu < (int)KT_MAX_CPUS; cpu++)
		if (bit_get(set, cpu))
			list.v[list.n++] = cpu;
	*used += list.n;
	return list;
}

static void put_cpu_use(const struct crew *crew, const struct worker_log *log, struct kt_worker_report *to)
{
	static const uint64_t NONE[WORKER_CPU_WORDS];
	uint32_t now = atomic_load(&crew->control->cpuset) % WORKER_CPUSETS;
	size_t used = 0, need = 2 * KT_MAX_CPUS * (size_t)(crew->cpusets + 1);
	if (need > lists.room) {
		int32_t *more = realloc(lists.cpus, need * sizeof(*more));
		if (!more)
			fatal("out of memory");
		lists.cpus = more;
		lists.room = need;
	}
	to->cpu_use = (struct kt_cpu_use_list){ 0, lists.use };
	for (uint32_t i = 0; i < crew_cpusets(crew); i++)
		if (any(log->cpus[i]))
			lists.use[to->cpu_use.n++] = (struct kt_cpu_use){ .allowed = list_of(crew->control->allowed[i], &used),
									  .used = list_of(log->cpus[i], &used) };
	if (!to->cpu_use.n)
		lists.use[to->cpu_use.n++] = (struct kt_cpu_use){ .allowed = list_of(crew->control->allowed[now], &used),
								  .used = list_of(NONE, &used) };
}

static void put_migrations(const struct worker_log *log, uint64_t count, struct kt_worker_report *to)
{
	uint64_t kept = count < WORKER_MIGRATIONS ? count : WORKER_MIGRATIONS;
	to->migration_list = (struct kt_migration_list){ (uint32_t)kept, lists.migrations };
	for (uint64_t i = 0; i < kept; i++) {
		const struct worker_migration *m = &log->migrations[(count - kept + i) % WORKER_MIGRATIONS];
		lists.migrations[i] = (struct kt_migration){ .at_ns = m->at_ns, .from = m->from, .to = m->to };
	}
}

static void put_wakes(const struct worker_log *log, struct kt_worker_report *to)
{
	to->messenger = log->messenger;
	to->wake_count = (int64_t)log->wake_count;
	to->wake_max_ns = (int64_t)log->wake_max_ns;
	to->wake_min_ns = (int64_t)log->wake_min_ns;
	to->wake_sum_ns = (int64_t)log->wake_sum_ns;
	to->wake_buckets = (struct kt_histogram_bucket_list){ 0, lists.wakes };
	for (int i = 0; log->wake_count && i < (int)WORKER_WAKE_BUCKETS; i++)
		if (log->wakes[i])
			lists.wakes[to->wake_buckets.n++] = (struct kt_histogram_bucket){ .index = i, .count = (int64_t)log->wakes[i] };
}

static void put_pages(const struct worker_log *log, struct kt_worker_report *to)
{
	to->pages = (struct kt_node_pages_list){ 0, lists.pages };
	for (int i = 0; log->pages_known && i < WORKER_NODES; i++)
		if (log->pages[i])
			lists.pages[to->pages.n++] = (struct kt_node_pages){ .node = i, .pages = log->pages[i] };
}

/* Completes what a worker that did not end by itself left open: its last gap lasts until its end. */
static void close_report(const struct crew *crew, const struct member *member, const struct worker_slot *slot,
			 struct worker_log *log, struct kt_worker_report *to)
{
	int64_t end = member->ended ? member->ended_ns : now_ns();
	int64_t since = slot->checkpoint_ns, gap = end - since;
	to->wall_time_ns = end - crew->control->release_ns;
	/* Starting costs a worker, too; one that was not ready yet has done nothing else. */
	int64_t started = atomic_load(&log->start_cpu_ns);
	to->cpu_time_ns = started && member->cpu_ns > started ? member->cpu_ns - started : 0;
	to->schedstat_cpu_ns = to->pages_migrated = -1;
	to->pages.n = 0;
	/* One that slept or waited for another had no gap open. */
	if (since != WORKER_BLOCKED_NS && gap > to->longest_gap_ns) {
		to->longest_gap_ns = gap;
		to->longest_gap_at_ns = since - crew->control->release_ns;
		to->longest_gap_cpu = slot->cpu;
	}
}

void crew_report(const struct crew *crew, uint32_t i, int step, struct kt_worker_report *to)
{
	const struct member *member = &crew->members[i];
	struct worker_slot *slot = crew_slot(crew, i);
	struct worker_log *log = &crew->logs[i];
	work_collect(crew->shared, &crew->group, (int)i, crew_cpusets(crew), slot, log);
	uint32_t state = atomic_load_explicit(&slot->state, memory_order_acquire);
	static char error[sizeof(log->error)];
	snprintf(error, sizeof(error), "%.*s", (int)sizeof(log->error) - 1, log->error); /* a program of the user's can reach it */
	*to = (struct kt_worker_report){
		.step = step,
		.cgroup = crew->cgroup,
		.label = crew->group.label,
		.index = (int32_t)i,
		.pid = member->pid,
		.tid = log->tid ? log->tid : member->pid,
		.released_ns = crew->control->release_ns,
		.work_units = (int64_t)slot->units,
		.iterations = (int64_t)slot->iterations,
		.cpu_time_ns = slot->cpu_time_ns,
		.wall_time_ns = slot->wall_time_ns,
		.migrations = (int64_t)slot->migrations,
		.longest_gap_ns = slot->gap_ns,
		.longest_gap_cpu = slot->gap_cpu,
		.longest_gap_at_ns = slot->gap_at_ns,
		.pages_migrated = log->pages_migrated,
		.schedstat_cpu_ns = log->schedstat_cpu_ns,
		.run_delay_ns = slot->run_delay_ns,
		.run_count = slot->run_count,
		.wait_status = member->status,
		.error = error,
		.completed = member->ended && member->status == 0 && state == WORKER_COMPLETE,
	};
	put_cpu_use(crew, log, to);
	put_migrations(log, slot->migrations, to);
	put_wakes(log, to);
	put_pages(log, to);
	if (state < WORKER_COMPLETE)
		close_report(crew, member, slot, log, to);
	int64_t off = to->wall_time_ns - to->cpu_time_ns;
	to->off_cpu_ns = off > 0 ? off : 0;
}
