#include "live.h"
#include "event.h"
#include "op.h"
#include "reply.h"
#include "util.h"
#include "world.h"
#include <stdio.h>

#define MAX_WAITING 64

struct request {
	struct request *next;
	struct frame frame;
	uint8_t payload[];
};

static struct request *waiting, **last = &waiting;
static int count;

/* What operations may point to lives as long as what they made. */
static struct kt_arena arena;

void live_take(const struct frame *frame)
{
	struct request *request = count < MAX_WAITING ? malloc(sizeof(*request) + frame->length) : NULL;
	if (!request) {
		reply_error(frame->request, "%d operations wait already", count);
		return;
	}
	request->next = NULL;
	request->frame = *frame;
	memcpy(request->payload, frame->payload, frame->length);
	request->frame.payload = request->payload;
	*last = request;
	last = &request->next;
	count++;
}

static void run_op(const struct frame *frame, struct kt_reader *r)
{
	struct kt_op_plan op;
	uint64_t workers = 0;
	const char *wrong;
	char error[700] = "";
	struct kt_op_done done = { .started_ns = now_ns() };
	if (!kt_get_op_plan(r, &op) || kt_left(r)) {
		reply_error(frame->request, "an operation cannot be decoded");
	} else if ((wrong = op_wrong(&op, &workers))) {
		reply_error(frame->request, "operation (%s '%s'): %s", op_name(op.kind), op_subject(&op), wrong);
	} else if (!op_run(&op, (struct op_place){ OWNER_LIVE, -1 }, error, sizeof(error))) {
		reply_error(frame->request, "operation (%s '%s'): %s", op_name(op.kind), op_subject(&op), error);
	} else {
		struct kt_writer w = { 0 };
		done.ended_ns = now_ns();
		kt_put_op_done(&w, &done);
		send_written(KT_MESSAGE_TYPE_OK, frame->request, &w);
	}
}

static void answer_spawned(uint32_t request, const struct team *team)
{
	uint32_t n = crew_size(team->crew);
	struct kt_live_spawned answer = { .handle = team->handle,
					  .pids = { n, kt_alloc(&arena, n, sizeof(int32_t)) },
					  .tids = { n, kt_alloc(&arena, n, sizeof(int32_t)) } };
	if (!answer.pids.v || !answer.tids.v)
		fatal("out of memory");
	for (uint32_t i = 0; i < n; i++) {
		answer.pids.v[i] = crew_pid(team->crew, i);
		answer.tids.v[i] = crew_tid(team->crew, i);
	}
	struct kt_writer w = { 0 };
	kt_put_live_spawned(&w, &answer);
	send_written(KT_MESSAGE_TYPE_OK, request, &w);
}

static void run_spawn(const struct frame *frame, struct kt_reader *r)
{
	struct kt_live_spawn ask;
	uint64_t workers = 0;
	const char *wrong;
	char error[700] = "";
	if (!kt_get_live_spawn(r, &ask) || kt_left(r)) {
		reply_error(frame->request, "workers to start cannot be decoded");
	} else if ((wrong = work_group_wrong(&ask.group, &workers))) {
		reply_error(frame->request, "workers in '%s': %s", ask.cgroup, wrong);
	} else {
		int64_t started = now_ns();
		struct team *team = world_start(OWNER_LIVE, &ask.group, ask.cgroup, error, sizeof(error));
		if (!team) {
			reply_error(frame->request, "workers in '%s': %s", ask.cgroup, error);
			return;
		}
		event_send(world_step(OWNER_LIVE), -1, "spawn", ask.cgroup, started, now_ns());
		answer_spawned(frame->request, team);
	}
}

static void answer_iterations(uint32_t request, const struct team *team)
{
	uint32_t n = crew_size(team->crew);
	struct kt_writer w = { 0 };
	kt_put_raw(&w, &n, sizeof(n)); /* as kt_put_iterations would */
	for (uint32_t i = 0; i < n; i++) {
		int64_t iterations = crew_iterations(team->crew, i);
		kt_put_i64(&w, &iterations);
	}
	send_written(KT_MESSAGE_TYPE_OK, request, &w);
}

/* Does one thing with workers; false with `error`. */
static bool act(const struct kt_live_workers *ask, struct team *team, char *error, size_t room)
{
	switch (ask->action) {
	case KT_LIVE_ACTION_START:
		if (team->released) {
			snprintf(error, room, "they were started already");
			return false;
		}
		world_release(team);
		return true;
	case KT_LIVE_ACTION_MOVE:
		return world_move_team(team, ask->cgroup, error, room);
	case KT_LIVE_ACTION_SET_AFFINITY:
		return crew_set_affinity(team->crew, &ask->affinity, error, room);
	default:
		world_stop_team(team);
		return true;
	}
}

static void run_action(const struct frame *frame, struct kt_reader *r)
{
	static const char *const NAMES[] = { [KT_LIVE_ACTION_START] = "start",
					     [KT_LIVE_ACTION_MOVE] = "move",
					     [KT_LIVE_ACTION_SET_AFFINITY] = "setAffinity",
					     [KT_LIVE_ACTION_SNAPSHOT] = "snapshot",
					     [KT_LIVE_ACTION_STOP] = "stop" };
	struct kt_live_workers ask;
	char error[700] = "";
	if (!kt_get_live_workers(r, &ask) || kt_left(r)) {
		reply_error(frame->request, "what to do with workers cannot be decoded");
		return;
	}
	struct team *team = world_team(ask.handle);
	if (!team) {
		reply_error(frame->request, "there are no workers %d; they were stopped, or never started", ask.handle);
		return;
	}
	if (ask.action == KT_LIVE_ACTION_SNAPSHOT) {
		answer_iterations(frame->request, team);
		return;
	}
	char *cgroup = format_text("%s", team->cgroup);
	int64_t started = now_ns();
	if (act(&ask, team, error, sizeof(error))) {
		event_send(world_step(OWNER_LIVE), -1, NAMES[ask.action], cgroup, started, now_ns());
		reply_ok(frame->request);
	} else {
		reply_error(frame->request, "workers %d in '%s' (%s): %s", ask.handle, cgroup, NAMES[ask.action], error);
	}
	free(cgroup);
}

static void run_end(const struct frame *frame)
{
	char error[700] = "";
	world_stop_owner(OWNER_LIVE);
	if (world_remove_owner(OWNER_LIVE, error, sizeof(error)))
		reply_ok(frame->request);
	else
		reply_error(frame->request, "%s", error);
	kt_arena_free(&arena);
}

static void serve(const struct frame *frame)
{
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	uint32_t before = event_request(frame->request);
	switch (frame->type) {
	case KT_MESSAGE_TYPE_OP:
		run_op(frame, &r);
		break;
	case KT_MESSAGE_TYPE_LIVE_SPAWN:
		run_spawn(frame, &r);
		break;
	case KT_MESSAGE_TYPE_LIVE_WORKERS:
		run_action(frame, &r);
		break;
	default:
		run_end(frame);
		break;
	}
	event_request(before);
}

void live_serve(void)
{
	while (waiting) {
		struct request *request = waiting;
		waiting = request->next;
		if (!waiting)
			last = &waiting;
		count--;
		serve(&request->frame);
		free(request);
	}
}
