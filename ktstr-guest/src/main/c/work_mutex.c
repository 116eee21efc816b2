/* A mutex of our own, so that every wait is one we bound: 0 free, 1 held, 2 held and somebody waits. */
#include "work_kinds.h"
#include <unistd.h>

struct mutex {
	_Atomic uint32_t word __attribute__((aligned(CACHE_LINE))); /* futex */
	_Atomic int64_t released_ns;                                /* when it was given up with somebody waiting */
	_Atomic int32_t holder __attribute__((aligned(CACHE_LINE))); /* index + 1, to see that it is one only */
};

size_t work_mutex_size(const struct kt_work_group *group)
{
	return (size_t)(group->workers / group->parameters.contenders) * sizeof(struct mutex);
}

/* Takes it; false when the stop came first. */
static bool lock(struct worker *w, struct mutex *m)
{
	uint32_t state = 0;
	if (atomic_compare_exchange_strong(&m->word, &state, 1))
		return true;
	if (atomic_exchange(&m->word, 2) == 0)
		return true;
	worker_checkpoint(w);
	for (;;) {
		work_wait(w, &m->word, 2);
		if (worker_stopped(w))
			return false;
		/* Waiting for the holder is no gap; running late after it let go is. */
		if (atomic_load(&m->word) != 2)
			worker_slept(w, atomic_load(&m->released_ns));
		if (atomic_exchange(&m->word, 2) == 0)
			return true;
	}
}

static void unlock(struct mutex *m)
{
	if (atomic_load(&m->word) == 2)
		atomic_store(&m->released_ns, now_ns());
	if (atomic_exchange(&m->word, 0) == 2)
		futex_wake(&m->word, 1);
}

void work_mutex_contention(struct worker *w)
{
	struct mutex *m = (struct mutex *)w->shared + w->index / w->group->parameters.contenders;
	while (!worker_stopped(w)) {
		work_spin(w, w->group->parameters.work_iters);
		if (!lock(w, m))
			break;
		int32_t before = atomic_exchange(&m->holder, w->index + 1);
		if (before)
			worker_fail(w, "workers %d and %d held the mutex at the same time", before - 1, w->index);
		work_spin(w, w->group->parameters.hold_iters);
		atomic_store(&m->holder, 0);
		unlock(m);
		worker_unit(w, 1);
		worker_iteration(w);
		worker_look(w);
	}
	/* One that leaves without the mutex may have used up the wake-up that was another's. */
	futex_wake_all(&m->word);
}
