#include "worker_main.h"
#include "telemetry.h"
#include "work.h"
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void worker_fail(struct worker *w, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(w->log->error, sizeof(w->log->error), format, args);
	va_end(args);
	longjmp(w->failed, 1);
}

static void configured(struct worker *w)
{
	atomic_fetch_add(&w->control->ready, 1);
	futex_wake_all(&w->control->ready);
}

static void work_between(struct worker *w)
{
	struct telemetry_start start = telemetry_begin();
	while (!atomic_load(&w->control->release))
		futex_wait(&w->control->release, 0, NS_PER_S);
	w->last_ns = w->control->release_ns;
	atomic_store(&w->slot->state, WORKER_RUNNING);
	worker_checkpoint(w);
	work_run(w);
	telemetry_end(w, &start);
}

int worker_main(const struct worker_start *start)
{
	struct worker w = { .group = start->group, .shared = start->shared, .index = start->index, .slot = start->slot,
			    .control = start->control, .log = start->log, .cpu = -1, .x = (uint64_t)start->index + 1,
			    .random = 0x9e3779b97f4a7c15u * ((uint64_t)start->index + 1), .thread = start->thread };
	worker_period(&w, NS_PER_MS);
	volatile bool ready = false;
	bool ok = !setjmp(w.failed);
	if (ok) {
		prctl(PR_SET_NAME, "ktstr-worker");
		w.log->tid = (int32_t)syscall(SYS_gettid);
		work_prepare(&w);
		atomic_store(&w.slot->state, WORKER_CONFIGURED);
		ready = true;
		configured(&w);
		work_between(&w);
	}
	work_clean(&w);
	atomic_store_explicit(&w.slot->state, ok ? WORKER_COMPLETE : WORKER_FAILED, memory_order_release);
	if (!ready)
		configured(&w);
	atomic_fetch_add(&w.control->ended, 1);
	futex_wake_all(&w.control->ended);
	return ok ? 0 : WORKER_FAILED_STATUS;
}
