/*
 * How a worker measures itself. A checkpoint (clock, CPU, counters to shared memory) is taken every 1024 units or every
 * millisecond, whichever comes first: a unit takes 1 µs on hardware and 20 times that in an emulator, and a gap must mean
 * "did not run", not "ran slowly". That a millisecond has passed is seen from the cycle counter, once every few units, so
 * that counting stays below 1 % of the work: reading the clock is a system call where the kernel does not trust the TSC.
 */
#include "telemetry.h"
#include "numa.h"
#include <errno.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PUBLISH(field, value) atomic_store_explicit(&w->slot->field, (value), memory_order_relaxed)

void futex_wait(_Atomic uint32_t *futex, uint32_t value, int64_t ns)
{
	struct timespec t = { ns / NS_PER_S, ns % NS_PER_S };
	syscall(SYS_futex, futex, FUTEX_WAIT, value, &t, NULL, 0);
}

void futex_wake(_Atomic uint32_t *futex, int count)
{
	syscall(SYS_futex, futex, FUTEX_WAKE, count, NULL, NULL, 0);
}

void futex_wake_all(_Atomic uint32_t *futex)
{
	futex_wake(futex, INT32_MAX);
}

/*
 * The CPU, and the cpuset that was in force while the worker was seen there: a CPU noted under a cpuset that had ended
 * before, or had not begun, would be a violation that was none.
 */
static int look_about(struct worker *w)
{
	for (;;) {
		uint32_t before = atomic_load_explicit(&w->control->cpuset, memory_order_acquire);
		int cpu = sched_getcpu();
		atomic_thread_fence(memory_order_acquire);
		if (atomic_load_explicit(&w->control->cpuset, memory_order_relaxed) == before) {
			w->cpuset = before;
			return cpu;
		}
	}
}

static void note_migration(struct worker *w, int to, int64_t now)
{
	w->log->migrations[w->migrations % WORKER_MIGRATIONS] =
		(struct worker_migration){ now - w->control->release_ns, w->cpu, to };
	w->migrations++;
	PUBLISH(migrations, w->migrations);
}

static void note_place(struct worker *w, int64_t now)
{
	uint32_t cpuset = w->cpuset;
	int cpu = look_about(w);
	if ((cpu == w->cpu && w->cpuset == cpuset) || cpu < 0 || cpu >= (int)KT_MAX_CPUS)
		return;
	bit_set(w->log->cpus[w->cpuset % WORKER_CPUSETS], cpu);
	bit_set(w->slot->cpus, cpu);
	if (cpu == w->cpu)
		return;
	if (w->cpu >= 0)
		note_migration(w, cpu, now);
	w->cpu = cpu;
	PUBLISH(cpu, cpu);
}

static int64_t checkpoint_at(struct worker *w, int64_t now)
{
	int64_t gap = now - w->last_ns;
	note_place(w, now);
	if (gap > w->gap_ns) {
		w->gap_ns = gap;
		PUBLISH(gap_ns, gap);
		PUBLISH(gap_at_ns, w->last_ns - w->control->release_ns);
		PUBLISH(gap_cpu, w->cpu);
	}
	w->last_ns = now;
	PUBLISH(checkpoint_ns, now);
	PUBLISH(units, w->units);
	PUBLISH(iterations, w->iterations);
	w->counted = w->units;
	w->cycles = arch_cycles();
	return now;
}

static int64_t checkpoint(struct worker *w)
{
	return checkpoint_at(w, now_ns());
}

#ifdef KTSTR_WITHOUT_TELEMETRY
/* What work costs by itself, for the benchmark of what counting adds. There is no time: only for work that needs none. */
int64_t worker_checkpoint(struct worker *w)
{
	(void)w;
	return 0;
}

int64_t worker_slept(struct worker *w, int64_t until)
{
	(void)w, (void)until;
	return 0;
}
#else
int64_t worker_checkpoint(struct worker *w)
{
	return checkpoint(w);
}

int64_t worker_slept(struct worker *w, int64_t until)
{
	int64_t now = now_ns();
	/* A time before the last checkpoint, such as a wake that came before the wait, or none: the gap begins there. */
	if (until > w->last_ns)
		w->last_ns = until < now ? until : now;
	return checkpoint_at(w, now);
}
#endif

int64_t worker_sleep(struct worker *w, int64_t ns)
{
	int64_t until = checkpoint(w) + ns, now;
	PUBLISH(checkpoint_ns, until);
	while ((now = now_ns()) < until && !worker_stopped(w))
		futex_wait(&w->control->stop, 0, until - now);
	w->last_ns = now < until ? now : until;
	now = checkpoint(w);
	return now < until ? -1 : now - until;
}

void worker_woke(struct worker *w, int64_t ns)
{
#ifndef KTSTR_WITHOUT_TELEMETRY
	struct worker_log *log = w->log;
	uint64_t v = ns < 0 ? 0 : (uint64_t)ns;
#ifdef KTSTR_RAW_WAKES
	raw_wake(w, v);
#endif
	log->wakes[wake_bucket(v)]++;
	log->wake_sum_ns += v;
	if (!log->wake_count++ || v < log->wake_min_ns)
		log->wake_min_ns = v;
	if (v > log->wake_max_ns)
		log->wake_max_ns = v;
#else
	(void)w, (void)ns;
#endif
}

int64_t telemetry_cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct schedstat telemetry_schedstat(const char *task)
{
	struct schedstat s = { 0 };
	char path[64], text[128];
	snprintf(path, sizeof(path), "/proc/%s/schedstat", task);
	s.known = read_text(path, text, sizeof(text)) &&
		  sscanf(text, "%lld %lld %lld", &s.cpu_ns, &s.delay_ns, &s.count) == 3;
	return s;
}

void telemetry_begin(struct telemetry_start *start)
{
	start->pages_known = numa_pages(start->pages);
	start->pages_migrated = numa_pages_migrated();
	start->schedstat = telemetry_schedstat("thread-self");
	start->cpu_ns = telemetry_cpu_ns();
}

/* Pages that came since the start; what left one node for another shows at the other. */
static void note_pages(struct worker *w, const struct telemetry_start *start)
{
	int64_t migrated = numa_pages_migrated();
	w->log->pages_migrated = migrated < 0 || start->pages_migrated < 0 ? -1 : migrated - start->pages_migrated;
	w->log->pages_known = start->pages_known && numa_pages(w->log->pages);
	for (int i = 0; i < WORKER_NODES && w->log->pages_known; i++) {
		int64_t more = w->log->pages[i] - start->pages[i];
		w->log->pages[i] = more > 0 ? more : 0;
	}
}

void telemetry_end(struct worker *w, const struct telemetry_start *start)
{
	/* All at one time, and before what takes time itself. */
	int64_t end = checkpoint(w), cpu_ns = telemetry_cpu_ns();
	struct schedstat after = telemetry_schedstat("thread-self");
	bool known = start->schedstat.known && after.known;
	PUBLISH(cpu_time_ns, cpu_ns - start->cpu_ns);
	PUBLISH(wall_time_ns, end - w->control->release_ns);
	PUBLISH(run_delay_ns, known ? after.delay_ns - start->schedstat.delay_ns : -1);
	PUBLISH(run_count, known ? after.count - start->schedstat.count : -1);
	w->log->schedstat_cpu_ns = known ? after.cpu_ns - start->schedstat.cpu_ns : -1;
	note_pages(w, start);
}
