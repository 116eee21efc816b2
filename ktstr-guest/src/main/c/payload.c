#include "payload.h"
#include "capture.h"
#include "cgroup.h"
#include "event.h"
#include "loop.h"
#include "reply.h"
#include "scenario.h"
#include "spawn.h"
#include "util.h"
#include "world.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define TERMINATE_NS (2 * NS_PER_S) /* from SIGTERM to SIGKILL */
#define KILL_NS (5 * NS_PER_S)

struct payload {
	struct payload *next;
	char *name, *cgroup;
	int owner, op;
	uint32_t request;
	pid_t pid;
	bool ended, timed_out, stopped, killed;
	int64_t started_ns;
	int64_t deadline; /* when it is told to end, and then when it is killed */
	struct capture output, errors;
};

static struct payload *payloads;

static struct payload *find(const char *name)
{
	struct payload *payload = payloads;
	while (payload && strcmp(payload->name, name))
		payload = payload->next;
	return payload;
}

static void forget(struct payload *payload)
{
	struct payload **link = &payloads;
	while (*link != payload)
		link = &(*link)->next;
	*link = payload->next;
	capture_free(&payload->output);
	capture_free(&payload->errors);
	free(payload->name);
	free(payload->cgroup);
	free(payload);
}

static int running(void)
{
	int n = 0;
	for (struct payload *payload = payloads; payload; payload = payload->next)
		n += !payload->ended;
	return n;
}

bool payload_start(const struct kt_payload_plan *plan, int owner, int op, char *error, size_t room)
{
	struct payload *before = find(plan->name);
	if (before && !before->ended) {
		snprintf(error, room, "a payload of this name runs already");
		return false;
	}
	if (running() >= PAYLOADS) {
		snprintf(error, room, "%d payloads run already", PAYLOADS);
		return false;
	}
	if (plan->cgroup[0] && !cgroup_exists(plan->cgroup)) {
		snprintf(error, room, "there is no cgroup '%s'", plan->cgroup);
		return false;
	}
	int out, err;
	int64_t started = now_ns();
	pid_t pid = spawn(&(struct spawn_how){ &plan->argv, plan->cgroup, true }, &out, &err, error, room);
	if (pid < 0)
		return false;
	if (before)
		forget(before);
	struct payload *payload = calloc(1, sizeof(*payload));
	if (!payload)
		fatal("out of memory");
	*payload = (struct payload){ .next = payloads,
				     .name = format_text("%s", plan->name),
				     .cgroup = format_text("%s", plan->cgroup),
				     .owner = owner,
				     .op = op,
				     .request = owner == OWNER_LIVE ? 0 : event_current(),
				     .pid = pid,
				     .started_ns = started,
				     .deadline = plan->timeout_ns > 0 ? deadline_after(plan->timeout_ns) : INT64_MAX };
	capture_open(&payload->output, out, plan->max_output);
	capture_open(&payload->errors, err, plan->max_output);
	payloads = payload;
	return true;
}

static void end(struct payload *payload)
{
	if (payload->ended || payload->stopped || payload->timed_out)
		return;
	payload->stopped = true;
	payload->deadline = now_ns() + TERMINATE_NS;
	kill(-payload->pid, SIGTERM);
	kill(payload->pid, SIGTERM);
}

static void await_end(struct payload *payload)
{
	int64_t deadline = now_ns() + TERMINATE_NS + KILL_NS;
	while (!payload->ended && now_ns() < deadline)
		loop_turn(deadline);
}

bool payload_wait(const char *name, int64_t timeout_ns, char *error, size_t room)
{
	struct payload *payload = find(name);
	if (!payload) {
		snprintf(error, room, "no payload of this name was started");
		return false;
	}
	int64_t deadline = timeout_ns > 0 ? deadline_after(timeout_ns) : INT64_MAX;
	while (!payload->ended && now_ns() < deadline && !scenario_ends_early())
		loop_turn(deadline);
	if (payload->ended || scenario_ends_early())
		return true;
	snprintf(error, room, "it still runs after %lld ms", (long long)(timeout_ns / NS_PER_MS));
	return false;
}

bool payload_kill(const char *name, char *error, size_t room)
{
	struct payload *payload = find(name);
	if (!payload) {
		snprintf(error, room, "no payload of this name was started");
		return false;
	}
	end(payload);
	await_end(payload);
	if (!payload->ended)
		snprintf(error, room, "it (pid %d) did not end after SIGTERM and SIGKILL", payload->pid);
	return payload->ended;
}

void payload_end_in(const char *cgroup)
{
	for (struct payload *payload = payloads; payload; payload = payload->next)
		if (cgroup_within(payload->cgroup, cgroup))
			end(payload);
}

void payload_end_owner(int owner)
{
	for (struct payload *payload = payloads; payload; payload = payload->next)
		if (payload->owner == owner)
			end(payload);
}

void payload_await_ended(void)
{
	for (struct payload *payload = payloads; payload; payload = payload->next)
		if (payload->stopped)
			await_end(payload);
}

void payload_forget_owner(int owner)
{
	for (struct payload *payload = payloads, *next; payload; payload = next) {
		next = payload->next;
		if (payload->owner == owner)
			forget(payload);
	}
}

void payload_moved(const char *from, const char *to)
{
	for (struct payload *payload = payloads; payload; payload = payload->next)
		if (!strcmp(payload->cgroup, from)) {
			free(payload->cgroup);
			payload->cgroup = format_text("%s", to);
		}
}

int payload_poll(struct pollfd *fds, int64_t *deadline)
{
	int count = 0;
	for (struct payload *payload = payloads; payload; payload = payload->next) {
		if (payload->ended)
			continue;
		if (payload->output.fd >= 0)
			fds[count++] = (struct pollfd){ payload->output.fd, POLLIN, 0 };
		if (payload->errors.fd >= 0)
			fds[count++] = (struct pollfd){ payload->errors.fd, POLLIN, 0 };
		if (!payload->killed && payload->deadline < *deadline)
			*deadline = payload->deadline;
	}
	return count;
}

/* Its time is up: it is told to end, and killed when it was told already. */
static void time_out(struct payload *payload)
{
	bool told = payload->stopped || payload->timed_out;
	int number = told ? SIGKILL : SIGTERM;
	if (told) {
		payload->killed = true;
	} else {
		payload->timed_out = true;
		payload->deadline = now_ns() + TERMINATE_NS;
	}
	kill(-payload->pid, number);
	kill(payload->pid, number);
}

void payload_turn(void)
{
	for (struct payload *payload = payloads; payload; payload = payload->next) {
		if (payload->ended)
			continue;
		capture_turn(&payload->output);
		capture_turn(&payload->errors);
		if (!payload->killed && now_ns() >= payload->deadline)
			time_out(payload);
	}
}

static void report(struct payload *payload, int status)
{
	struct kt_payload_done done = {
		.name = payload->name,
		.step = world_step(payload->owner),
		.op = payload->op,
		.timed_out = payload->timed_out,
		.stopped = payload->stopped,
		.output = capture_bytes(&payload->output),
		.output_total = payload->output.total,
		.errors = capture_bytes(&payload->errors),
		.errors_total = payload->errors.total,
		.started_ns = payload->started_ns,
		.ended_ns = now_ns(),
	};
	split_status(status, &done.exit_code, &done.signal);
	struct kt_writer w = { 0 };
	kt_put_payload_done(&w, &done);
	send_written(KT_MESSAGE_TYPE_PAYLOAD_DONE, payload->request, &w);
	free((void *)done.output.v);
	free((void *)done.errors.v);
}

bool payload_reaped(pid_t pid, int status)
{
	struct payload *payload = payloads;
	while (payload && (payload->pid != pid || payload->ended))
		payload = payload->next;
	if (!payload)
		return false;
	kill(-pid, SIGKILL); /* what it started and left behind in its session's group */
	payload->ended = true;
	capture_close(&payload->output);
	capture_close(&payload->errors);
	report(payload, status);
	return true;
}
