/* Signals to a partner, one after the other. */
#include "work_kinds.h"
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SIGNAL SIGUSR2

/* Whom a worker's signals go to. */
struct target {
	_Atomic uint64_t ids __attribute__((aligned(CACHE_LINE))); /* thread group << 32 | thread; 0: not there yet, or gone */
};

size_t work_signal_size(int workers)
{
	return (size_t)workers * sizeof(struct target);
}

static void received(int number)
{
	(void)number;
}

/* Whoever sees the ids may send: so the handler comes first. */
void work_signal_open(struct worker *w)
{
	if (sigaction(SIGNAL, &(struct sigaction){ .sa_handler = received, .sa_flags = SA_RESTART }, NULL))
		worker_fail(w, "handling signal %d: %s", SIGNAL, strerror(errno));
	uint64_t ids = (uint64_t)getpid() << 32 | (uint32_t)syscall(SYS_gettid);
	atomic_store(&((struct target *)w->shared)[w->index].ids, ids);
}

/* A thread's id is free for others once it has ended. */
void work_signal_close(struct worker *w)
{
	atomic_store(&((struct target *)w->shared)[w->index].ids, 0);
}

void work_signal_storm(struct worker *w)
{
	struct target *target = (struct target *)w->shared + (w->index ^ 1);
	while (!worker_stopped(w)) {
		uint64_t ids = atomic_load(&target->ids);
		if (!ids || syscall(SYS_tgkill, (pid_t)(ids >> 32), (pid_t)(uint32_t)ids, SIGNAL)) {
			/* All of the group are ready before any is released: it has ended. Nobody else may get its signals. */
			if (!ids || errno == ESRCH)
				break;
			worker_fail(w, "sending signal %d to task %d: %s", SIGNAL, (pid_t)(uint32_t)ids, strerror(errno));
		}
		worker_unit(w, 1);
		worker_iteration(w);
		worker_look(w);
	}
	work_idle(w);
}
