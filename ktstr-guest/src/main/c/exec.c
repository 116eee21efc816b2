#include "exec.h"
#include "reply.h"
#include "spawn.h"
#include "util.h"
#include <signal.h>
#include <unistd.h>

#define TURNS 32
#define MAX_OUTPUT (1u << 20)

struct job {
	pid_t pid; /* 0: free */
	int fd;
	uint32_t request;
	int64_t deadline;
	bool timed_out;
	struct kt_writer output;
};
static struct job jobs[EXEC_JOBS];

void exec_start(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_exec_request ask;
	struct job *job = jobs;
	while (job < jobs + EXEC_JOBS && job->pid)
		job++;
	if (!kt_get_exec_request(&r, &ask) || !ask.argv.n) {
		reply_error(frame->request, "a request to run a command cannot be decoded");
	} else if (job == jobs + EXEC_JOBS) {
		reply_error(frame->request, "%d commands run in the guest already", EXEC_JOBS);
	} else {
		int fd;
		char error[300];
		pid_t pid = spawn(&(struct spawn_how){ &ask.argv, NULL, false }, &fd, NULL, error, sizeof(error));
		if (pid < 0)
			reply_error(frame->request, "%s in the guest", error);
		else
			*job = (struct job){ pid, fd, frame->request, deadline_after(ask.timeout_ns), false, { 0 } };
	}
	kt_arena_free(&arena);
}

int exec_poll(struct pollfd *fds, int64_t *deadline)
{
	int count = 0;
	for (struct job *job = jobs; job < jobs + EXEC_JOBS; job++) {
		if (!job->pid)
			continue;
		if (job->fd >= 0)
			fds[count++] = (struct pollfd){ job->fd, POLLIN, 0 };
		if (!job->timed_out && job->deadline < *deadline)
			*deadline = job->deadline;
	}
	return count;
}

static void read_output(struct job *job)
{
	char data[8192];
	ssize_t n;
	/* One who floods is served again in the next turn. */
	for (int turn = 0; turn < TURNS && job->fd >= 0 && (n = read(job->fd, data, sizeof(data))) != -1; turn++) {
		if (!n) {
			close(job->fd);
			job->fd = -1;
			return;
		}
		size_t room = MAX_OUTPUT - job->output.length;
		kt_put_raw(&job->output, data, (size_t)n < room ? (size_t)n : room);
	}
}

void exec_turn(void)
{
	for (struct job *job = jobs; job < jobs + EXEC_JOBS; job++) {
		if (!job->pid)
			continue;
		read_output(job);
		if (!job->timed_out && now_ns() >= job->deadline) {
			job->timed_out = true;
			kill(-job->pid, SIGKILL);
			kill(job->pid, SIGKILL);
		}
	}
}

bool exec_reaped(pid_t pid, int status)
{
	for (struct job *job = jobs; job < jobs + EXEC_JOBS; job++) {
		if (job->pid != pid)
			continue;
		read_output(job); /* a grandchild may keep the pipe open; what it writes later is not waited for */
		if (job->fd >= 0)
			close(job->fd);
		struct kt_exec_outcome outcome = { .timed_out = job->timed_out,
						   .output = { (uint32_t)job->output.length, job->output.data } };
		split_status(status, &outcome.exit_code, &outcome.signal);
		struct kt_writer w = { 0 };
		kt_put_exec_outcome(&w, &outcome);
		send_written(KT_MESSAGE_TYPE_OK, job->request, &w);
		free(job->output.data);
		*job = (struct job){ 0 };
		return true;
	}
	return false;
}
