#include "worker.h"
#include "arch.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * A checkpoint (clock, CPU, counters to shared memory) is taken every 1024 units or every millisecond, whichever comes
 * first: a unit takes 1 µs on hardware and 20 times that in an emulator, and a gap must mean "did not run", not "ran slowly".
 * That a millisecond has passed is seen from the cycle counter, once every few units, so that counting stays below 1 % of
 * the work: reading the clock is a system call where the kernel does not trust the TSC.
 */
#define UNITS_PER_CHECKPOINT 1024
#define SPIN_UNITS_PER_LOOK 8
#define YIELDS_PER_LOOK 4
#define IO_BYTES 65536
#define IO_SLEEP_NS 100000

struct worker {
	struct worker_slot *slot;
	struct worker_control *control;
	uint64_t units, iterations, migrations;
	uint64_t counted; /* units at the last checkpoint */
	uint64_t cycles;  /* at the last checkpoint */
	uint64_t period;  /* cycles between checkpoints */
	int64_t last_ns;  /* time of the last checkpoint, or end of the sleep after it */
	int64_t gap_ns;
	int cpu;
	uint64_t x; /* what spinning computes */
	int io_fd;
};

void futex_wait(_Atomic uint32_t *futex, uint32_t value, int64_t ns)
{
	struct timespec t = { ns / NS_PER_S, ns % NS_PER_S };
	syscall(SYS_futex, futex, FUTEX_WAIT, value, &t, NULL, 0);
}

void futex_wake_all(_Atomic uint32_t *futex)
{
	syscall(SYS_futex, futex, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
}

#define PUBLISH(field, value) atomic_store_explicit(&w->slot->field, (value), memory_order_relaxed)

static bool stopped(const struct worker *w)
{
	return atomic_load_explicit(&w->control->stop, memory_order_relaxed);
}

static int64_t checkpoint(struct worker *w)
{
	int64_t now = now_ns(), gap = now - w->last_ns;
	int cpu = sched_getcpu();
	if (cpu != w->cpu && cpu >= 0 && cpu < (int)KT_MAX_CPUS) {
		if (w->cpu >= 0)
			w->migrations++;
		w->cpu = cpu;
		bit_set(w->slot->cpus, cpu);
		PUBLISH(cpu, cpu);
		PUBLISH(migrations, w->migrations);
	}
	if (gap > w->gap_ns) {
		w->gap_ns = gap;
		PUBLISH(gap_ns, gap);
		PUBLISH(gap_at_ns, w->last_ns - w->control->release_ns);
		PUBLISH(gap_cpu, cpu);
	}
	w->last_ns = now;
	PUBLISH(checkpoint_ns, now);
	PUBLISH(units, w->units);
	PUBLISH(iterations, w->iterations);
	w->counted = w->units;
	w->cycles = arch_cycles();
	return now;
}

/* Whether it is time for a checkpoint. The counter may jump when the worker migrates; then it is time, too. */
static inline bool due(const struct worker *w)
{
	return w->units - w->counted >= UNITS_PER_CHECKPOINT || arch_cycles() - w->cycles >= w->period;
}

/* One look's worth of units of a kind of phase; iterations are the caller's. */
static void sleep_for(struct worker *w, int64_t ns);

static void work(struct worker *w, int phase)
{
	static char block[IO_BYTES];
	switch (phase) {
	case KT_PHASE_KIND_SPIN:
		for (int i = 0; i < SPIN_UNITS_PER_LOOK; i++)
			w->x = arch_spin_unit(w->x);
		w->units += SPIN_UNITS_PER_LOOK;
		break;
	case KT_PHASE_KIND_YIELD:
		for (int i = 0; i < YIELDS_PER_LOOK; i++)
			sched_yield();
		w->units += YIELDS_PER_LOOK;
		break;
	default:
		if (pwrite(w->io_fd, block, sizeof(block), 0) != (ssize_t)sizeof(block))
			_exit(72); /* reported as the worker's wait status */
		w->units++;
		sleep_for(w, IO_SLEEP_NS);
		break;
	}
}

/* Sleeps without the sleep counting as a gap; waking late does. Ends early at the stop. */
static void sleep_for(struct worker *w, int64_t ns)
{
	int64_t until = checkpoint(w) + ns, now;
	PUBLISH(checkpoint_ns, until);
	while ((now = now_ns()) < until && !stopped(w))
		futex_wait(&w->control->stop, 0, until - now);
	w->last_ns = now < until ? now : until;
	checkpoint(w);
}

/* Does one kind of work for a time. */
static void work_for(struct worker *w, int phase, int64_t ns)
{
	int64_t now = checkpoint(w), until = now + ns;
	while (now < until && !stopped(w)) {
		int64_t slice = until - now < NS_PER_MS ? until - now : NS_PER_MS;
		w->period = (uint64_t)slice * w->control->cycles_per_ms / NS_PER_MS;
		do
			work(w, phase);
		while (!due(w) && !stopped(w));
		now = checkpoint(w);
	}
}

static void run_flat(struct worker *w, int phase)
{
	w->period = w->control->cycles_per_ms;
	while (!stopped(w)) {
		work(w, phase);
		w->iterations = w->units;
		if (due(w))
			checkpoint(w);
	}
}

static void run_bursty(struct worker *w, const struct kt_work_group *group)
{
	while (!stopped(w)) {
		work_for(w, KT_PHASE_KIND_SPIN, group->parameters.burst_ns);
		sleep_for(w, group->parameters.sleep_ns);
		w->iterations++;
	}
}

static void run_sequence(struct worker *w, const struct kt_work_group *group)
{
	while (!stopped(w)) {
		for (uint32_t i = 0; i < group->phases.n && !stopped(w); i++) {
			const struct kt_phase *phase = &group->phases.v[i];
			if (phase->kind == KT_PHASE_KIND_SLEEP)
				sleep_for(w, phase->duration_ns);
			else
				work_for(w, phase->kind, phase->duration_ns);
		}
		w->iterations++;
	}
}

static int64_t cpu_time_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

struct schedstat {
	long long cpu_ns, delay_ns, count;
	bool known;
};

static struct schedstat read_schedstat(void)
{
	struct schedstat s = { 0 };
	char text[128];
	s.known = read_text("/proc/self/schedstat", text, sizeof(text)) &&
		  sscanf(text, "%lld %lld %lld", &s.cpu_ns, &s.delay_ns, &s.count) == 3;
	return s;
}

static void configure(struct worker *w)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_NAME, "ktstr-worker");
	char path[] = "/tmp/.ktstr-io-XXXXXX";
	w->io_fd = mkostemp(path, O_CLOEXEC);
	if (w->io_fd >= 0)
		unlink(path);
	PUBLISH(state, WORKER_CONFIGURED);
	if (atomic_fetch_add(&w->control->ready, 1) + 1)
		futex_wake_all(&w->control->ready);
}

static void finish(struct worker *w, int64_t cpu_before, const struct schedstat *before)
{
	int64_t end = checkpoint(w);
	struct schedstat after = read_schedstat();
	bool known = before->known && after.known;
	PUBLISH(cpu_time_ns, cpu_time_ns() - cpu_before);
	PUBLISH(wall_time_ns, end - w->control->release_ns);
	PUBLISH(run_delay_ns, known ? after.delay_ns - before->delay_ns : -1);
	PUBLISH(run_count, known ? after.count - before->count : -1);
	atomic_store_explicit(&w->slot->state, WORKER_COMPLETE, memory_order_release);
}

void worker_main(struct worker_slot *slot, const struct kt_work_group *group, struct worker_control *control)
{
	struct worker w = { .slot = slot, .control = control, .cpu = -1, .x = (uint64_t)getpid() };
	configure(&w);
	struct schedstat before = read_schedstat();
	int64_t cpu_before = cpu_time_ns();
	while (!atomic_load(&control->release))
		futex_wait(&control->release, 0, NS_PER_S);
	w.last_ns = control->release_ns;
	atomic_store(&slot->state, WORKER_RUNNING);
	checkpoint(&w);
	switch (group->kind) {
	case KT_WORK_KIND_SPIN_WAIT:
		run_flat(&w, KT_PHASE_KIND_SPIN);
		break;
	case KT_WORK_KIND_YIELD_HEAVY:
		run_flat(&w, KT_PHASE_KIND_YIELD);
		break;
	case KT_WORK_KIND_BURSTY:
		run_bursty(&w, group);
		break;
	default:
		run_sequence(&w, group);
		break;
	}
	finish(&w, cpu_before, &before);
	_exit(0);
}
