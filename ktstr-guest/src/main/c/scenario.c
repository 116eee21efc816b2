#include "scenario.h"
#include "cgroup.h"
#include "loop.h"
#include "reply.h"
#include "sched.h"
#include "shm.h"
#include "step.h"
#include "util.h"

static uint64_t cycles_per_ms;
static bool running, aborted;
static int completed;

void scenario_init(const struct calibration *calibration)
{
	cycles_per_ms = calibration->cycles_per_ms;
}

void scenario_abort(void)
{
	aborted = running;
}

int scenario_completed_steps(void)
{
	return running ? completed : 0;
}

bool scenario_reaped(pid_t pid, int status, const struct rusage *usage)
{
	return running && step_reaped(pid, status, usage);
}

/* A plan is checked whole before anything is done, so that a bad one leaves nothing behind. */
static const char *invalid(const struct kt_scenario_plan *plan)
{
	if (plan->backdrop.n)
		return "it has a backdrop";
	for (uint32_t s = 0; s < plan->steps.n; s++) {
		const struct kt_step_plan *step = &plan->steps.v[s];
		uint64_t workers = 0;
		if (step->ops.n || step->hold.kind != KT_HOLD_KIND_FIXED)
			return "it has operations";
		if (step->hold.total_ns < 0)
			return "a hold is negative";
		for (uint32_t c = 0; c < step->setup.n; c++) {
			const struct kt_cgroup_plan *cgroup = &step->setup.v[c];
			for (uint32_t g = 0; g < cgroup->works.n; g++) {
				const struct kt_work_group *group = &cgroup->works.v[g];
				if (group->workers < 0 || group->parameters.burst_ns < 0 || group->parameters.sleep_ns < 0)
					return "a count or time of a work group is negative";
				if (group->kind == KT_WORK_KIND_SEQUENCE && !group->phases.n)
					return "a sequence has no phases";
				for (uint32_t p = 0; p < group->phases.n; p++)
					if (group->phases.v[p].duration_ns <= 0)
						return "a phase has no duration";
				workers += (uint64_t)group->workers;
			}
		}
		if (workers > KT_MAX_WORKERS)
			return "a step has more workers than there are slots for";
	}
	return NULL;
}

static bool scheduler_gone(const struct kt_scenario_plan *plan)
{
	return plan->scheduler_required && sched_exited();
}

/* Runs one step; false with `error` when it could not be set up. */
static bool run_step(const struct kt_scenario_plan *plan, int index, char *error, size_t room)
{
	const struct kt_step_plan *step = &plan->steps.v[index];
	struct kt_step_report report = { .step = index };
	char state[64], ops[128];
	bool ok = step_set_up(step, cycles_per_ms, error, room);
	if (ok) {
		report.started_ns = step_release();
		int64_t until = deadline_after(step->hold.total_ns);
		while (now_ns() < until && !aborted && !scheduler_gone(plan))
			loop_turn(until);
		/* Done is a step held to its end, also when the scheduler died in its last instant. */
		if (now_ns() >= until)
			completed++;
		sched_read_state(state, sizeof(state), ops, sizeof(ops));
		report.sched_state = state;
		report.sched_ops = ops;
	}
	report.ended_ns = step_stop();
	if (ok) {
		step_send_workers(index);
		struct kt_writer w = { 0 };
		kt_put_step_report(&w, &report);
		send_written(KT_MESSAGE_TYPE_STEP_DONE, 0, &w);
	}
	return step_clear_away(error, room) && ok;
}

static void run_plan(const struct kt_scenario_plan *plan, uint32_t request)
{
	char error[768] = "";
	struct kt_scenario_done done = { .started_ns = now_ns() };
	bool dead_before = sched_exited();
	running = true;
	aborted = false;
	completed = 0;
	for (uint32_t s = 0; s < plan->steps.n && !error[0] && !aborted && !scheduler_gone(plan); s++)
		run_step(plan, (int)s, error, sizeof(error));
	running = false;
	if (error[0]) {
		reply_error(request, "%s", error);
		return;
	}
	if (aborted) {
		reply_error(request, "the scenario was ended early, as asked");
		return;
	}
	done.ended_ns = now_ns();
	done.completed_steps = completed;
	done.scheduler_died = sched_exited() && (!dead_before || plan->scheduler_required);
	struct kt_writer w = { 0 };
	kt_put_scenario_done(&w, &done);
	send_written(KT_MESSAGE_TYPE_OK, request, &w);
}

void scenario_run(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_scenario_plan plan;
	uint32_t request = frame->request;
	const char *wrong = NULL;
	if (!kt_get_scenario_plan(&r, &plan) || kt_left(&r))
		reply_error(request, "a scenario cannot be decoded");
	else if ((wrong = invalid(&plan)))
		reply_error(request, "the scenario cannot be run: %s", wrong);
	else if (plan.scheduler_required && !sched_started())
		reply_error(request, "the scenario needs a scheduler, and none was started");
	else
		run_plan(&plan, request);
	kt_arena_free(&arena);
}
