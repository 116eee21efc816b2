#include "scenario.h"
#include "event.h"
#include "live.h"
#include "loop.h"
#include "op.h"
#include "reply.h"
#include "sched.h"
#include "util.h"
#include "world.h"
#include <stdarg.h>
#include <stdio.h>

static const struct kt_scenario_plan *running;
static bool aborted;
static int completed;

/* What went wrong, with where in front of it. The first error is the one that is told. */
static char failure[1024];

static void fail(const char *why, const char *where, ...) __attribute__((format(printf, 2, 3)));

static void fail(const char *why, const char *where, ...)
{
	char place[400];
	if (failure[0])
		return;
	va_list args;
	va_start(args, where);
	vsnprintf(place, sizeof(place), where, args);
	va_end(args);
	snprintf(failure, sizeof(failure), "%s: %s", place, why);
}

void scenario_abort(void)
{
	aborted = running;
}

bool scenario_ends_early(void)
{
	return running && (aborted || (running->scheduler_required && sched_exited()));
}

int scenario_completed_steps(void)
{
	return running ? completed : 0;
}

/* A plan is checked whole before anything is done, so that a bad one leaves nothing behind. */
static bool check_ops(const struct kt_op_plan_list *ops, const char *where, uint64_t *workers)
{
	for (uint32_t i = 0; i < ops->n && !failure[0]; i++) {
		const char *wrong = op_wrong(&ops->v[i], workers);
		if (wrong)
			fail(wrong, "%s, op %u (%s '%s')", where, i + 1, op_name(ops->v[i].kind), op_subject(&ops->v[i]));
	}
	return !failure[0];
}

static bool check_step(const struct kt_step_plan *step, uint32_t number, uint64_t workers)
{
	char where[32];
	const struct kt_hold_plan *hold = &step->hold;
	snprintf(where, sizeof(where), "step %u", number);
	if (hold->total_ns < 0 || (hold->kind == KT_HOLD_KIND_LOOP && hold->interval_ns <= 0))
		fail("its time is negative, or its interval is not positive", "%s, hold", where);
	check_ops(&step->ops, where, &workers);
	for (uint32_t c = 0; c < step->setup.n && !failure[0]; c++) {
		const char *wrong = cgroup_plan_wrong(&step->setup.v[c], &workers);
		if (wrong)
			fail(wrong, "%s, setup (cgroup '%s')", where, step->setup.v[c].name);
	}
	if (workers > KT_MAX_WORKERS) {
		char why[128];
		snprintf(why, sizeof(why), "%llu workers are asked for; at most %llu can live at a time", (unsigned long long)workers,
			 (unsigned long long)KT_MAX_WORKERS);
		fail(why, "%s", where);
	}
	return !failure[0];
}

static bool check(const struct kt_scenario_plan *plan)
{
	uint64_t workers = 0;
	check_ops(&plan->backdrop, "backdrop", &workers);
	for (uint32_t s = 0; s < plan->steps.n && !failure[0]; s++)
		check_step(&plan->steps.v[s], s + 1, workers);
	return !failure[0];
}

static bool run_ops(const struct kt_op_plan_list *ops, int owner)
{
	char error[700] = "", where[32] = "backdrop";
	if (owner >= 0)
		snprintf(where, sizeof(where), "step %d", owner + 1);
	for (uint32_t i = 0; i < ops->n && !scenario_ends_early(); i++)
		if (!op_run(&ops->v[i], (struct op_place){ owner, (int)i }, error, sizeof(error))) {
			fail(error, "%s, op %u (%s '%s')", where, i + 1, op_name(ops->v[i].kind), op_subject(&ops->v[i]));
			return false;
		}
	return true;
}

static bool set_up(const struct kt_step_plan *step, int index)
{
	char error[700] = "";
	for (uint32_t c = 0; c < step->setup.n && !scenario_ends_early(); c++) {
		const struct kt_cgroup_plan *plan = &step->setup.v[c];
		int64_t started = now_ns();
		bool ok = world_make(index, plan, error, sizeof(error));
		for (uint32_t g = 0; ok && g < plan->works.n; g++)
			ok = world_start(index, &plan->works.v[g], plan->name, error, sizeof(error));
		if (!ok) {
			fail(error, "step %d, setup (cgroup '%s')", index + 1, plan->name);
			return false;
		}
		event_send(index, -1, "setup", plan->name, started, now_ns());
	}
	return true;
}

/* Waits; what is asked for singly is done meanwhile. */
static void hold_until(int64_t until)
{
	while (now_ns() < until && !scenario_ends_early()) {
		live_serve();
		loop_turn(until);
	}
}

/* Operations that take longer than the interval are repeated at the next beginning of one. */
static bool hold(const struct kt_step_plan *step, int index, int64_t started)
{
	int64_t end, next = started, interval = step->hold.interval_ns;
	if (__builtin_add_overflow(started, step->hold.total_ns, &end))
		end = INT64_MAX;
	while (step->hold.kind == KT_HOLD_KIND_LOOP && next < end && !scenario_ends_early()) {
		if (!run_ops(&step->ops, index))
			return false;
		int64_t now = now_ns(), missed = (now - next) / interval;
		if (__builtin_add_overflow(next, (missed + 1) * interval, &next))
			next = end;
		hold_until(next < end ? next : end);
	}
	hold_until(end);
	/* Done is a step held to its end, also when the scheduler died in its last instant. */
	if (now_ns() >= end)
		completed++;
	return true;
}

static void clear_away(int owner, const char *where)
{
	char error[700] = "";
	int64_t started = now_ns();
	world_stop_owner(owner);
	event_send(world_step(owner), -1, "holdEnd", "", started, now_ns());
	started = now_ns();
	if (!world_remove_owner(owner, error, sizeof(error)))
		fail(error, "%s, clearing away", where);
	event_send(world_step(owner), -1, "clear", "", started, now_ns());
}

static void report_step(struct kt_step_report *report)
{
	struct kt_writer w = { 0 };
	kt_put_step_report(&w, report);
	send_written(KT_MESSAGE_TYPE_STEP_DONE, event_current(), &w);
}

static void run_step(const struct kt_step_plan *step, int index)
{
	char state[64] = "", ops[128] = "", where[32];
	struct kt_step_report report = { .step = index, .sched_state = state, .sched_ops = ops };
	bool loop = step->hold.kind == KT_HOLD_KIND_LOOP;
	bool ok = (loop || run_ops(&step->ops, index)) && set_up(step, index) && !scenario_ends_early();
	if (ok) {
		report.started_ns = world_release_all(index);
		event_send(index, -1, "release", "", report.started_ns, now_ns());
		ok = hold(step, index, report.started_ns);
		sched_read_state(state, sizeof(state), ops, sizeof(ops));
	}
	report.ended_ns = now_ns();
	snprintf(where, sizeof(where), "step %d", index + 1);
	clear_away(index, where);
	if (ok)
		report_step(&report);
}

static void run_plan(const struct kt_scenario_plan *plan, uint32_t request)
{
	struct kt_scenario_done done = { .started_ns = now_ns() };
	bool dead_before = sched_exited();
	running = plan;
	aborted = false;
	completed = 0;
	event_request(request);
	run_ops(&plan->backdrop, OWNER_BACKDROP);
	for (uint32_t s = 0; s < plan->steps.n && !failure[0] && !scenario_ends_early(); s++)
		run_step(&plan->steps.v[s], (int)s);
	clear_away(OWNER_BACKDROP, "backdrop");
	event_request(0);
	done.completed_steps = completed;
	running = NULL;
	done.ended_ns = now_ns();
	done.scheduler_died = sched_exited() && (!dead_before || plan->scheduler_required);
	if (failure[0]) {
		reply_error(request, "%s", failure);
	} else if (aborted) {
		reply_error(request, "the scenario was ended early, as asked");
	} else {
		struct kt_writer w = { 0 };
		kt_put_scenario_done(&w, &done);
		send_written(KT_MESSAGE_TYPE_OK, request, &w);
	}
}

void scenario_run(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_scenario_plan plan;
	uint32_t request = frame->request;
	failure[0] = 0;
	if (!kt_get_scenario_plan(&r, &plan) || kt_left(&r))
		reply_error(request, "a scenario cannot be decoded");
	else if (!check(&plan))
		reply_error(request, "the scenario cannot be run: %s", failure);
	else if (plan.scheduler_required && !sched_started())
		reply_error(request, "the scenario needs a scheduler, and none was started");
	else
		run_plan(&plan, request);
	kt_arena_free(&arena);
}
