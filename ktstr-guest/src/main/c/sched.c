#include "sched.h"
#include "loop.h"
#include "reply.h"
#include "scenario.h"
#include "spawn.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define SCHED_EXT_DIR "/sys/kernel/sched_ext"
#define TURNS 8
#define LOOK_NS (2 * NS_PER_MS)

static pid_t pid; /* 0: none was started */
static int output = -1;
static bool exited;
static bool expected; /* its end was asked for by the scenario */
static struct kt_scheduler_exit how;
static char **last_argv; /* of the one started last, to start it again */

bool sched_started(void)
{
	return pid != 0;
}

bool sched_exited(void)
{
	return exited && !expected;
}

void sched_read_state(char *state, size_t state_room, char *ops, size_t ops_room)
{
	read_text(SCHED_EXT_DIR "/state", state, state_room);
	read_text(SCHED_EXT_DIR "/root/ops", ops, ops_room);
}

int sched_poll(struct pollfd *fds)
{
	if (output < 0)
		return 0;
	*fds = (struct pollfd){ output, POLLIN, 0 };
	return 1;
}

void sched_turn(void)
{
	char data[16384];
	ssize_t n;
	/* One who floods is served again in the next turn. */
	for (int turn = 0; turn < TURNS && output >= 0 && (n = read(output, data, sizeof(data))) != -1; turn++) {
		if (n) {
			send_raw(KT_MESSAGE_TYPE_SCHEDULER_LOG, 0, data, (size_t)n);
		} else {
			close(output);
			output = -1;
		}
	}
}

bool sched_reaped(pid_t ended, int status)
{
	if (ended != pid || exited)
		return false;
	exited = true;
	split_status(status, &how.exit_code, &how.signal);
	how.at_ns = now_ns();
	how.completed_steps = scenario_completed_steps();
	sched_turn(); /* its last words come before the news of its end */
	if (expected)
		return true;
	struct kt_writer w = { 0 };
	kt_put_scheduler_exit(&w, &how);
	send_written(KT_MESSAGE_TYPE_SCHEDULER_EXITED, 0, &w);
	return true;
}

static void keep_argv(const struct kt_text_list *argv)
{
	char **copy = calloc(argv->n + (size_t)1, sizeof(*copy));
	if (!copy)
		fatal("out of memory");
	for (uint32_t i = 0; i < argv->n; i++)
		copy[i] = format_text("%s", argv->v[i]);
	for (char **at = last_argv; at && *at; at++)
		free(*at);
	free(last_argv);
	last_argv = copy;
}

/* Starts its process; false with `error`. */
static bool launch(const struct kt_text_list *argv, char *error, size_t room)
{
	if (output >= 0)
		close(output);
	exited = expected = false;
	how = (struct kt_scheduler_exit){ 0 };
	pid = spawn(&(struct spawn_how){ argv, NULL, false }, &output, NULL, error, room);
	if (pid > 0)
		return true;
	pid = 0;
	return false;
}

/* Waits until it is attached, has ended, or the time is up; whether it is attached. */
static bool await_attached(int64_t deadline, char *state, size_t state_room, char *ops, size_t ops_room)
{
	bool attached;
	for (;;) {
		sched_read_state(state, state_room, ops, ops_room);
		attached = !strcmp(state, "enabled") && ops[0];
		if (attached || exited || now_ns() >= deadline)
			return attached && !exited;
		loop_turn(now_ns() + LOOK_NS);
	}
}

static void answer_start(int64_t started, int64_t deadline, uint32_t request)
{
	char state[64], ops[128];
	bool attached = await_attached(deadline, state, sizeof(state), ops, sizeof(ops));
	struct kt_start_outcome outcome = {
		.pid = pid,
		.attached = attached,
		.exited = exited,
		.ops = ops,
		.state = state,
		.elapsed_ns = now_ns() - started,
		.exit_code = how.exit_code,
		.signal = how.signal,
	};
	struct kt_writer w = { 0 };
	kt_put_start_outcome(&w, &outcome);
	send_written(KT_MESSAGE_TYPE_OK, request, &w);
}

void sched_start(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_start_scheduler ask;
	uint32_t request = frame->request;
	if (!kt_get_start_scheduler(&r, &ask) || !ask.argv.n) {
		reply_error(request, "a request to start the scheduler cannot be decoded");
	} else if (pid && !exited) {
		reply_error(request, "a scheduler (pid %d) runs already; stop it first", pid);
	} else {
		char error[300];
		int64_t started = now_ns();
		if (launch(&ask.argv, error, sizeof(error))) {
			keep_argv(&ask.argv);
			answer_start(started, deadline_after(ask.attach_ns), request);
		} else {
			reply_error(request, "%s in the guest", error);
		}
	}
	kt_arena_free(&arena);
}

static void wait_until(int64_t deadline)
{
	while (!exited && now_ns() < deadline)
		loop_turn(deadline);
}

/* Ends its process, and waits until the kernel has detached it; whether it ended. */
static bool end_process(int64_t timeout_ns)
{
	static const int SIGNALS[] = { SIGINT, SIGTERM, SIGKILL };
	static const int SHARE[] = { 2, 4, 4 }; /* half of the time for the polite way */
	for (int i = 0; i < 3 && !exited; i++) {
		kill(SIGNALS[i] == SIGKILL ? -pid : pid, SIGNALS[i]);
		wait_until(deadline_after(timeout_ns / SHARE[i]));
	}
	/* The kernel detaches a scheduler some time after its process has gone. */
	char state[64], ops[128];
	int64_t deadline = deadline_after(timeout_ns / 4);
	while (exited) {
		sched_read_state(state, sizeof(state), ops, sizeof(ops));
		if ((strcmp(state, "enabled") && strcmp(state, "disabling")) || now_ns() >= deadline)
			break;
		loop_turn(now_ns() + LOOK_NS);
	}
	return exited;
}

void sched_stop(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_stop_scheduler ask;
	uint32_t request = frame->request;
	if (!kt_get_stop_scheduler(&r, &ask)) {
		reply_error(request, "a request to stop the scheduler cannot be decoded");
	} else if (!pid) {
		reply_error(request, "no scheduler was started");
	} else if (!end_process(ask.timeout_ns)) {
		reply_error(request, "the scheduler (pid %d) did not end after SIGINT, SIGTERM and SIGKILL", pid);
	} else {
		struct kt_writer w = { 0 };
		kt_put_scheduler_exit(&w, &how);
		send_written(KT_MESSAGE_TYPE_OK, request, &w);
	}
	kt_arena_free(&arena);
}

bool sched_stop_for_now(int64_t timeout_ns, char *error, size_t room)
{
	if (!pid || exited) {
		snprintf(error, room, pid ? "the scheduler has ended already" : "no scheduler was started");
		return false;
	}
	expected = true;
	if (end_process(timeout_ns))
		return true;
	expected = false;
	snprintf(error, room, "the scheduler (pid %d) did not end after SIGINT, SIGTERM and SIGKILL", pid);
	return false;
}

bool sched_start_again(int64_t timeout_ns, char *error, size_t room)
{
	if (!last_argv || (pid && !exited)) {
		snprintf(error, room, last_argv ? "the scheduler (pid %d) runs already" : "none was started before", pid);
		return false;
	}
	struct kt_text_list argv = { 0, (const char **)last_argv };
	while (last_argv[argv.n])
		argv.n++;
	if (!launch(&argv, error, room))
		return false;
	char state[64], ops[128];
	if (await_attached(deadline_after(timeout_ns), state, sizeof(state), ops, sizeof(ops)))
		return true;
	snprintf(error, room, exited ? "it ended before it attached; sched_ext is '%s'" : "it did not attach in its time; sched_ext is '%s'",
		 state);
	return false;
}
