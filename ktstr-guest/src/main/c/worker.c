#include "worker_main.h"
#include "settle.h"
#include "telemetry.h"
#include "work.h"
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

void worker_fail(struct worker *w, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(w->log->error, sizeof(w->log->error), format, args);
	va_end(args);
	atomic_store_explicit(&w->slot->state, WORKER_FAILED, memory_order_release);
	longjmp(w->failed, 1);
}

static void nudged(int number)
{
	(void)number;
}

void worker_signals(void)
{
	static const int OURS[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP, SIGPIPE }; /* what the agent may have changed */
	sigset_t none;
	sigemptyset(&none);
	for (size_t i = 0; i < sizeof(OURS) / sizeof(OURS[0]); i++)
		signal(OURS[i], SIG_DFL);
	/* No SA_RESTART: it is there to interrupt. A program that a worker executes ignores it again. */
	sigaction(WORKER_NUDGE, &(struct sigaction){ .sa_handler = nudged }, NULL);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void say_ready(struct worker *w)
{
	atomic_fetch_add(&w->control->ready, 1);
	futex_wake_all(&w->control->ready);
}

/* What it has cost so far is nobody's work: counting starts here, but for time, which starts at the release. */
static void await_release(struct worker *w, struct telemetry_start *start)
{
	telemetry_begin(start);
	atomic_store(&w->log->start_cpu_ns, start->cpu_ns);
	while (!atomic_load(&w->control->release))
		futex_wait(&w->control->release, 0, NS_PER_S);
	w->last_ns = atomic_load(&w->control->release_ns);
	atomic_store(&w->slot->state, WORKER_RUNNING);
	worker_checkpoint(w);
}

static void get_ready(struct worker *w)
{
	w->log->tid = (int32_t)syscall(SYS_gettid);
	while (!atomic_load(&w->control->configure))
		futex_wait(&w->control->configure, 0, NS_PER_S);
	settle(w);
	work_prepare(w);
	atomic_store(&w->slot->state, WORKER_CONFIGURED);
}

int worker_main(const struct worker_start *given)
{
	struct worker w = { .group = given->group, .shared = given->shared, .index = given->index, .fd = -1,
			    .slot = given->slot, .control = given->control, .log = given->log, .cpu = -1,
			    .x = (uint64_t)given->index + 1, .thread = given->thread };
	struct telemetry_start start;
	w.random = 0x9e3779b97f4a7c15u * w.x;
	worker_period(&w, NS_PER_MS);
	if (!setjmp(w.failed))
		get_ready(&w);
	bool ok = atomic_load(&w.slot->state) == WORKER_CONFIGURED;
	say_ready(&w);
	if (ok) {
		if (!setjmp(w.failed)) {
			await_release(&w, &start);
			work_run(&w);
		}
		ok = atomic_load(&w.slot->state) != WORKER_FAILED;
		telemetry_end(&w, &start);
	}
	work_clean(&w);
	if (ok)
		atomic_store_explicit(&w.slot->state, WORKER_COMPLETE, memory_order_release);
	return ok ? 0 : WORKER_FAILED_STATUS;
}
