#include "sched.h"
#include "loop.h"
#include "reply.h"
#include "scenario.h"
#include "spawn.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#define SCHED_EXT_DIR "/sys/kernel/sched_ext"
#define LOOK_NS (2 * NS_PER_MS)

static pid_t pid; /* 0: none was started */
static int output = -1;
static bool exited;
static struct kt_scheduler_exit how;

bool sched_started(void)
{
	return pid != 0;
}

bool sched_exited(void)
{
	return exited;
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
	while (output >= 0 && (n = read(output, data, sizeof(data))) != -1) {
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
	struct kt_writer w = { 0 };
	kt_put_scheduler_exit(&w, &how);
	send_written(KT_MESSAGE_TYPE_SCHEDULER_EXITED, 0, &w);
	return true;
}

static void await_attach(int64_t started, int64_t deadline, uint32_t request)
{
	char state[64], ops[128];
	bool attached = false;
	for (;;) {
		sched_read_state(state, sizeof(state), ops, sizeof(ops));
		attached = !strcmp(state, "enabled") && ops[0];
		if (attached || exited || now_ns() >= deadline)
			break;
		loop_turn(now_ns() + LOOK_NS);
	}
	struct kt_start_outcome outcome = {
		.pid = pid,
		.attached = attached && !exited,
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
		if (output >= 0)
			close(output);
		exited = false;
		how = (struct kt_scheduler_exit){ 0 };
		int64_t started = now_ns();
		pid = spawn(&ask.argv, &output);
		if (pid < 0) {
			reply_error(request, "cannot run %s in the guest: %s", ask.argv.v[0], strerror(errno));
			pid = 0;
		} else {
			await_attach(started, deadline_after(ask.attach_ns), request);
		}
	}
	kt_arena_free(&arena);
}

static void wait_until(int64_t deadline)
{
	while (!exited && now_ns() < deadline)
		loop_turn(deadline);
}

void sched_stop(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_stop_scheduler ask;
	uint32_t request = frame->request;
	if (!kt_get_stop_scheduler(&r, &ask)) {
		reply_error(request, "a request to stop the scheduler cannot be decoded");
		return;
	}
	if (!pid) {
		reply_error(request, "no scheduler was started");
		return;
	}
	static const int SIGNALS[] = { SIGINT, SIGTERM, SIGKILL };
	static const int SHARE[] = { 2, 4, 4 }; /* half of the time for the polite way */
	for (int i = 0; i < 3 && !exited; i++) {
		kill(SIGNALS[i] == SIGKILL ? -pid : pid, SIGNALS[i]);
		wait_until(deadline_after(ask.timeout_ns / SHARE[i]));
	}
	if (!exited) {
		reply_error(request, "the scheduler (pid %d) did not end after SIGINT, SIGTERM and SIGKILL", pid);
		return;
	}
	/* The kernel detaches a scheduler some time after its process has gone. */
	char state[64], ops[128];
	int64_t deadline = deadline_after(ask.timeout_ns / 4);
	for (;;) {
		sched_read_state(state, sizeof(state), ops, sizeof(ops));
		if ((strcmp(state, "enabled") && strcmp(state, "disabling")) || now_ns() >= deadline)
			break;
		loop_turn(now_ns() + LOOK_NS);
	}
	struct kt_writer w = { 0 };
	kt_put_scheduler_exit(&w, &how);
	send_written(KT_MESSAGE_TYPE_OK, request, &w);
}
