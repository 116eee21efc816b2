/* Work of one's own: spinning, yielding, sleeping, writing, and phases of these. */
#include "work_kinds.h"
#include <errno.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#define SPIN_UNITS_PER_LOOK 8
#define YIELDS_PER_LOOK 4

/* A wake sample of a sleep is how late its timer found the worker running. */
static void sleep_sampled(struct worker *w, int64_t ns)
{
	int64_t late = worker_sleep(w, ns);
	if (late >= 0)
		worker_woke(w, late);
}

static void spin_units(struct worker *w, int n)
{
	for (int i = 0; i < n; i++)
		w->x = arch_spin_unit(w->x);
	worker_unit(w, (uint64_t)n);
}

/*
 * A file in memory: what is written is copied into the page cache as for any file, and nothing is left behind by a worker
 * that is killed. Its synchronous write returns at once; the sleep after it stands for the device.
 */
void work_io_open(struct worker *w)
{
	bool wanted = w->group->kind == KT_WORK_KIND_IO_SYNC_WRITE;
	for (uint32_t i = 0; i < w->group->phases.n; i++)
		wanted |= w->group->phases.v[i].kind == KT_PHASE_KIND_IO;
	if (!wanted)
		return;
	w->fd = memfd_create("ktstr-io", MFD_CLOEXEC);
	if (w->fd < 0)
		worker_fail(w, "making a file in memory (memfd_create): %s", strerror(errno));
}

void work_io_close(struct worker *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

static void write_unit(struct worker *w)
{
	static char block[IO_BYTES];
	struct iovec all = { block, sizeof(block) };
	ssize_t n = pwritev2(w->fd, &all, 1, 0, RWF_DSYNC);
	if (n < 0)
		worker_fail(w, "writing 64 KiB to a file in memory: %s", strerror(errno));
	if (n != (ssize_t)sizeof(block)) /* a signal came, or memory is out: the rest is not this unit's */
		return;
	worker_unit(w, 1);
	sleep_sampled(w, IO_SLEEP_NS);
}

/* One look's worth of units of a kind of phase. */
static void work_units(struct worker *w, int phase)
{
	switch (phase) {
	case KT_PHASE_KIND_SPIN:
		spin_units(w, SPIN_UNITS_PER_LOOK);
		break;
	case KT_PHASE_KIND_YIELD:
		for (int i = 0; i < YIELDS_PER_LOOK; i++)
			sched_yield();
		worker_unit(w, YIELDS_PER_LOOK);
		break;
	default:
		write_unit(w);
		break;
	}
}

/* Does one kind of work for a time, which it knows from its checkpoints; the last of them is taken when the time is up. */
static void work_for(struct worker *w, int phase, int64_t ns)
{
	int64_t now = worker_checkpoint(w), until = now + ns;
	while (now < until && !worker_stopped(w)) {
		worker_period(w, until - now);
		do {
			work_units(w, phase);
			worker_look(w);
		} while (w->last_ns == now && !worker_stopped(w));
		now = w->last_ns;
	}
	worker_period(w, NS_PER_MS);
}

/* An iteration is a unit: counted together, published by the checkpoint that comes. */
static void work_flat(struct worker *w, int phase)
{
	while (!worker_stopped(w)) {
		work_units(w, phase);
		w->iterations = w->units;
		worker_look(w);
	}
}

void work_spin_wait(struct worker *w)
{
	work_flat(w, KT_PHASE_KIND_SPIN);
}

void work_yield_heavy(struct worker *w)
{
	work_flat(w, KT_PHASE_KIND_YIELD);
}

void work_io_sync_write(struct worker *w)
{
	work_flat(w, KT_PHASE_KIND_IO);
}

void work_mixed(struct worker *w)
{
	while (!worker_stopped(w)) {
		spin_units(w, 1);
		sched_yield();
		worker_iteration(w);
		worker_look(w);
	}
}

void work_bursty(struct worker *w)
{
	while (!worker_stopped(w)) {
		work_for(w, KT_PHASE_KIND_SPIN, w->group->parameters.burst_ns);
		sleep_sampled(w, w->group->parameters.sleep_ns);
		worker_iteration(w);
	}
}

void work_sequence(struct worker *w)
{
	while (!worker_stopped(w)) {
		for (uint32_t i = 0; i < w->group->phases.n && !worker_stopped(w); i++) {
			const struct kt_phase *phase = &w->group->phases.v[i];
			if (phase->kind == KT_PHASE_KIND_SLEEP)
				sleep_sampled(w, phase->duration_ns);
			else
				work_for(w, phase->kind, phase->duration_ns);
		}
		worker_iteration(w);
	}
}
