/* Programs of users. They do not see the agent's memory but for a block each and the first words of the control. */
#include "work_kinds.h"
#include "../resources/dev/ktstr/guest/include/ktstr_worker.h"
#include "arena.h"
#include "telemetry.h"
#include <stdio.h>

/* The header's figures are the agent's; programs are compiled against them. */
_Static_assert(offsetof(struct worker_control, stop) == offsetof(struct ktstr_worker_control, stop), "stop");
_Static_assert(offsetof(struct worker_control, cpuset) == offsetof(struct ktstr_worker_control, cpuset), "cpuset");
_Static_assert(offsetof(struct worker_control, release_ns) == offsetof(struct ktstr_worker_control, release_ns), "release");
_Static_assert(offsetof(struct worker_control, cycles_per_ms) == offsetof(struct ktstr_worker_control, cycles_per_ms), "cycles");
_Static_assert(KTSTR_WORKER_CPUS == KT_MAX_CPUS && KTSTR_WORKER_CPUSETS == WORKER_CPUSETS, "CPUs");
_Static_assert(sizeof(struct ktstr_worker_migration) == sizeof(struct worker_migration), "migrations");
_Static_assert(KTSTR_WORKER_MIGRATIONS == WORKER_MIGRATIONS, "migrations");
_Static_assert(KTSTR_WORKER_WAKES == WORKER_WAKE_BUCKETS, "buckets");

#define MAX_NAME 100

static struct ktstr_worker_block *block_of(void *shared, int index)
{
	return (struct ktstr_worker_block *)shared + index;
}

size_t work_custom_size(int workers)
{
	return (size_t)workers * sizeof(struct ktstr_worker_block);
}

void work_custom_share(void *shared, const struct kt_work_group *group, int n)
{
	for (int i = 0; i < n; i++) {
		struct ktstr_worker_block *block = block_of(shared, i);
		block->magic = KTSTR_WORKER_MAGIC;
		block->version = KTSTR_WORKER_VERSION;
		block->size = sizeof(*block);
		block->index = (uint32_t)i;
		block->workers = (uint32_t)n;
		block->cpu = block->gap_cpu = -1;
		snprintf(block->comm, sizeof(block->comm), "%s", group->comm);
	}
}

/* What it has used until now was the agent's copy of itself, and is not the program's. */
static void start_counting(struct worker *w, struct ktstr_worker_block *block)
{
	struct schedstat s = telemetry_schedstat("thread-self");
	block->start_ns = worker_checkpoint(w);
	block->start_cpu_ns = telemetry_cpu_ns();
	atomic_store(&w->log->start_cpu_ns, block->start_cpu_ns);
	block->start_schedstat_cpu_ns = s.known ? s.cpu_ns : -1;
	block->start_delay_ns = s.known ? s.delay_ns : -1;
	block->start_count = s.known ? s.count : -1;
	work_blocks(w, WORKER_BLOCKED_NS); /* the program reports its gaps, or that it never began */
}

/* The agent's own environment stays the agent's; nothing of what it has open is kept but the memory. */
static void execute(struct worker *w, const void *block)
{
	off_t control_at = 0, block_at = 0;
	int fd = arena_fd(block, &block_at);
	arena_fd(w->control, &control_at);
	int kept = fcntl(fd, F_DUPFD, 3), null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (kept < 0 || null < 0)
		worker_fail(w, "executing '%s': descriptors for it: %s", w->group->command.v[0], strerror(errno));
	char words[3][64];
	snprintf(words[0], sizeof(words[0]), "%s=%d", KTSTR_WORKER_FD, kept);
	snprintf(words[1], sizeof(words[1]), "%s=%lld", KTSTR_WORKER_CONTROL, (long long)control_at);
	snprintf(words[2], sizeof(words[2]), "%s=%lld", KTSTR_WORKER_BLOCK, (long long)block_at);
	char *environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root",
				"LANG=C.UTF-8", words[0], words[1], words[2], NULL };
	char **argv = calloc(w->group->command.n + (size_t)1, sizeof(*argv));
	if (!argv)
		worker_fail(w, "executing '%s': out of memory", w->group->command.v[0]);
	memcpy(argv, w->group->command.v, w->group->command.n * sizeof(*argv));
	dup2(null, STDIN_FILENO);
	dup2(STDERR_FILENO, STDOUT_FILENO); /* the agent's own may be its channel */
	execvpe(argv[0], argv, environment);
	int error = errno;
	free(argv);
	worker_fail(w, "executing '%s': %s", w->group->command.v[0], strerror(error));
}

void work_custom(struct worker *w)
{
	struct ktstr_worker_block *block = block_of(w->shared, w->index);
	start_counting(w, block);
	execute(w, block);
}

static void explain(const struct kt_work_group *group, uint32_t state, struct worker_log *log)
{
	snprintf(log->error, sizeof(log->error), "the program '%.*s' %s", MAX_NAME, group->command.v[0],
		 state == KTSTR_WORKER_GIVEN ? "never called ktstr_worker_begin" : "did not call ktstr_worker_end");
}

static void collect_wakes(const struct ktstr_worker_block *block, struct worker_log *log)
{
	log->wake_count = block->wake_count;
	log->wake_min_ns = block->wake_min_ns;
	log->wake_max_ns = block->wake_max_ns;
	log->wake_sum_ns = block->wake_sum_ns;
	memcpy(log->wakes, block->wakes, sizeof(log->wakes));
}

static void collect_totals(const struct ktstr_worker_block *block, struct worker_slot *slot, struct worker_log *log)
{
	slot->cpu_time_ns = block->cpu_time_ns;
	slot->wall_time_ns = block->wall_time_ns;
	slot->run_delay_ns = block->run_delay_ns;
	slot->run_count = block->run_count;
	log->schedstat_cpu_ns = block->schedstat_cpu_ns;
	log->pages_migrated = -1;
	log->error[0] = 0;
	atomic_store(&slot->state, WORKER_COMPLETE);
}

void work_collect(void *shared, const struct kt_work_group *group, int index, uint32_t cpusets, struct worker_slot *slot,
		  struct worker_log *log)
{
	if (group->kind != KT_WORK_KIND_CUSTOM || atomic_load(&slot->state) != WORKER_RUNNING)
		return;
	const struct ktstr_worker_block *block = block_of(shared, index);
	uint32_t state = __atomic_load_n(&block->state, __ATOMIC_ACQUIRE);
	log->pages_known = false;
	explain(group, state, log);
	if (state == KTSTR_WORKER_GIVEN)
		return;
	slot->units = block->units;
	slot->iterations = block->iterations;
	slot->migrations = block->migrations;
	slot->checkpoint_ns = block->checkpoint_ns;
	slot->gap_ns = block->gap_ns;
	slot->gap_at_ns = block->gap_at_ns;
	slot->gap_cpu = block->gap_cpu;
	slot->cpu = block->cpu;
	memcpy(log->cpus, block->cpus, cpusets * sizeof(log->cpus[0]));
	memcpy(log->migrations, block->migration, sizeof(log->migrations));
	collect_wakes(block, log);
	if (state == KTSTR_WORKER_ENDED)
		collect_totals(block, slot, log);
}
