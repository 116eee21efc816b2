#include "work.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SPIN_UNITS_PER_LOOK 8
#define YIELDS_PER_LOOK 4
#define IO_BYTES 65536
#define IO_SLEEP_NS 100000

const char *work_name(int32_t kind)
{
	static const char *const NAMES[] = { [KT_WORK_KIND_SPIN_WAIT] = "SpinWait",
					     [KT_WORK_KIND_YIELD_HEAVY] = "YieldHeavy",
					     [KT_WORK_KIND_BURSTY] = "Bursty",
					     [KT_WORK_KIND_SEQUENCE] = "Sequence" };
	return kind > 0 && kind < (int32_t)(sizeof(NAMES) / sizeof(NAMES[0])) && NAMES[kind] ? NAMES[kind] : "work";
}

int work_group_size(const struct kt_work_group *group)
{
	(void)group;
	return 1;
}

size_t work_shared_size(const struct kt_work_group *group)
{
	(void)group;
	return 0;
}

bool work_share(void *shared, const struct kt_work_group *group, int n, char *error, size_t room)
{
	(void)shared, (void)group, (void)n, (void)error, (void)room;
	return true;
}

void work_unshare(void *shared, const struct kt_work_group *group, int n)
{
	(void)shared, (void)group, (void)n;
}

static bool does_io(const struct kt_work_group *group)
{
	for (uint32_t i = 0; i < group->phases.n; i++)
		if (group->phases.v[i].kind == KT_PHASE_KIND_IO)
			return true;
	return false;
}

void work_prepare(struct worker *w)
{
	w->fd = -1;
	if (!does_io(w->group))
		return;
	char path[] = "/tmp/.ktstr-io-XXXXXX";
	w->fd = mkostemp(path, O_CLOEXEC);
	if (w->fd < 0)
		worker_fail(w, "making a file in /tmp: %s", strerror(errno));
	unlink(path);
}

void work_clean(struct worker *w)
{
	if (w->fd >= 0)
		close(w->fd);
}

/* One look's worth of units of a kind of phase; iterations are the caller's. */
static void work(struct worker *w, int phase)
{
	static const char BLOCK[IO_BYTES];
	switch (phase) {
	case KT_PHASE_KIND_SPIN:
		for (int i = 0; i < SPIN_UNITS_PER_LOOK; i++)
			w->x = arch_spin_unit(w->x);
		worker_unit(w, SPIN_UNITS_PER_LOOK);
		break;
	case KT_PHASE_KIND_YIELD:
		for (int i = 0; i < YIELDS_PER_LOOK; i++)
			sched_yield();
		worker_unit(w, YIELDS_PER_LOOK);
		break;
	default:
		if (pwrite(w->fd, BLOCK, sizeof(BLOCK), 0) != (ssize_t)sizeof(BLOCK))
			worker_fail(w, "writing 64 KiB to a file in /tmp: %s", strerror(errno));
		worker_unit(w, 1);
		worker_sleep(w, IO_SLEEP_NS);
		break;
	}
}

/* Does one kind of work for a time. */
static void work_for(struct worker *w, int phase, int64_t ns)
{
	int64_t now = worker_checkpoint(w), until = now + ns;
	while (now < until && !worker_stopped(w)) {
		worker_period(w, until - now);
		uint64_t counted = w->counted, cycles = w->cycles;
		do {
			work(w, phase);
			worker_look(w);
		} while (w->counted == counted && w->cycles == cycles && !worker_stopped(w));
		now = w->last_ns;
	}
	worker_period(w, NS_PER_MS);
}

static void run_flat(struct worker *w, int phase)
{
	while (!worker_stopped(w)) {
		work(w, phase);
		w->iterations = w->units;
		worker_look(w);
	}
}

static void run_bursty(struct worker *w)
{
	while (!worker_stopped(w)) {
		work_for(w, KT_PHASE_KIND_SPIN, w->group->parameters.burst_ns);
		worker_sleep(w, w->group->parameters.sleep_ns);
		worker_iteration(w);
	}
}

static void run_sequence(struct worker *w)
{
	while (!worker_stopped(w)) {
		for (uint32_t i = 0; i < w->group->phases.n && !worker_stopped(w); i++) {
			const struct kt_phase *phase = &w->group->phases.v[i];
			if (phase->kind == KT_PHASE_KIND_SLEEP)
				worker_sleep(w, phase->duration_ns);
			else
				work_for(w, phase->kind, phase->duration_ns);
		}
		worker_iteration(w);
	}
}

void work_run(struct worker *w)
{
	switch (w->group->kind) {
	case KT_WORK_KIND_SPIN_WAIT:
		run_flat(w, KT_PHASE_KIND_SPIN);
		break;
	case KT_WORK_KIND_YIELD_HEAVY:
		run_flat(w, KT_PHASE_KIND_YIELD);
		break;
	case KT_WORK_KIND_BURSTY:
		run_bursty(w);
		break;
	default:
		run_sequence(w);
		break;
	}
}
