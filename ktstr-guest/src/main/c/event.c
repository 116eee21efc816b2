#include "event.h"
#include "loop.h"
#include "reply.h"
#include "scenario.h"
#include "util.h"
#include <stdio.h>

#define ASK_NS (30 * NS_PER_S)

static uint32_t current;

/* The one question that is open; one is asked after the other. */
static struct {
	int32_t id;
	bool answered;
	char error[512];
} question;

uint32_t event_request(uint32_t request)
{
	uint32_t before = current;
	current = request;
	return before;
}

uint32_t event_current(void)
{
	return current;
}

void event_send(int step, int op, const char *what, const char *subject, int64_t started_ns, int64_t ended_ns)
{
	struct kt_stimulus_event event = { step, op, what, subject, started_ns, ended_ns };
	struct kt_writer w = { 0 };
	kt_put_stimulus_event(&w, &event);
	send_written(KT_MESSAGE_TYPE_EVENT, current, &w);
}

bool event_ask_host(const char *name, int64_t timeout_ns, char *error, size_t room)
{
	int64_t deadline = deadline_after(timeout_ns > 0 ? timeout_ns : ASK_NS);
	struct kt_host_request ask = { ++question.id, name };
	struct kt_writer w = { 0 };
	question.answered = false;
	question.error[0] = 0;
	kt_put_host_request(&w, &ask);
	send_written(KT_MESSAGE_TYPE_HOST_REQUEST, current, &w);
	while (!question.answered && now_ns() < deadline && !scenario_ends_early())
		loop_turn(deadline);
	if (!question.answered)
		snprintf(error, room, "the host did not answer within %lld ms",
			 (long long)((timeout_ns > 0 ? timeout_ns : ASK_NS) / NS_PER_MS));
	else if (question.error[0])
		snprintf(error, room, "%s", question.error);
	question.id++; /* an answer that comes later is to nothing */
	return question.answered && !question.error[0];
}

void event_host_done(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_host_done done;
	if (kt_get_host_done(&r, &done) && done.id == question.id) {
		question.answered = true;
		snprintf(question.error, sizeof(question.error), "%s", done.error);
	}
	kt_arena_free(&arena);
}
