#include "loop.h"
#include "com2.h"
#include "crew.h"
#include "event.h"
#include "exec.h"
#include "files.h"
#include "live.h"
#include "payload.h"
#include "reply.h"
#include "scenario.h"
#include "sched.h"
#include "shm.h"
#include "util.h"
#include "wake.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static int signals = -1;
static bool ending;

void loop_init(void)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (signals < 0)
		fatal("cannot make a signalfd: %s", strerror(errno));
}

static void reap(void)
{
	struct signalfd_siginfo info;
	while (read(signals, &info, sizeof(info)) > 0)
		; /* one signal may stand for many children */
	int status;
	struct rusage usage;
	pid_t pid;
	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0)
		if (!sched_reaped(pid, status) && !exec_reaped(pid, status) && !payload_reaped(pid, status))
			crew_reaped(pid, status, &usage); /* else an orphan, and init's to bury */
}

/* What may be asked at any time; false when the type is another. */
static bool serve_low_level(const struct frame *frame)
{
	switch (frame->type) {
	case KT_MESSAGE_TYPE_EXEC:
		exec_start(frame);
		return true;
	case KT_MESSAGE_TYPE_READ_FILE:
		files_read(frame);
		return true;
	case KT_MESSAGE_TYPE_WRITE_FILE:
		files_write(frame);
		return true;
	case KT_MESSAGE_TYPE_ABORT:
		scenario_abort();
		return true;
	case KT_MESSAGE_TYPE_HOST_DONE:
		event_host_done(frame);
		return true;
	case KT_MESSAGE_TYPE_OP:
	case KT_MESSAGE_TYPE_LIVE_SPAWN:
	case KT_MESSAGE_TYPE_LIVE_WORKERS:
	case KT_MESSAGE_TYPE_LIVE_END:
		live_take(frame);
		return true;
	default:
		return false;
	}
}

static void serve(const struct frame *frame)
{
	switch (frame->type) {
	case KT_MESSAGE_TYPE_FILE_BEGIN:
		files_begin(frame);
		break;
	case KT_MESSAGE_TYPE_FILE_DATA:
		files_data(frame);
		break;
	case KT_MESSAGE_TYPE_FILE_END:
		files_end(frame);
		break;
	case KT_MESSAGE_TYPE_START_SCHEDULER:
		sched_start(frame);
		break;
	case KT_MESSAGE_TYPE_STOP_SCHEDULER:
		sched_stop(frame);
		break;
	case KT_MESSAGE_TYPE_RUN:
		scenario_run(frame);
		break;
	case KT_MESSAGE_TYPE_WAKE:
		if (getpid() == 1)
			wake(frame);
		else
			reply_error(frame->request, "a host is not woken: its clock and its randomness are its own");
		break;
	case KT_MESSAGE_TYPE_WARM_UP:
		wake_warm_up(frame);
		break;
	case KT_MESSAGE_TYPE_POWER_OFF:
		reply_ok(frame->request);
		ending = true;
		power_off();
	default:
		if (!serve_low_level(frame))
			reply_error(frame->request, "a request of type %u is not known", frame->type);
	}
}

void loop_turn(int64_t deadline)
{
	struct pollfd fds[3 + EXEC_JOBS + 2 * PAYLOADS] = { { signals, POLLIN, 0 }, { ending ? -1 : com2_fd(), POLLIN, 0 } };
	nfds_t n = 2;
	n += (nfds_t)sched_poll(&fds[n]);
	n += (nfds_t)exec_poll(&fds[n], &deadline);
	n += (nfds_t)payload_poll(&fds[n], &deadline);
	int64_t left = deadline - now_ns();
	struct timespec wait = { 0, 0 };
	if (left > 0)
		wait = (struct timespec){ left / NS_PER_S, left % NS_PER_S };
	if (ppoll(fds, n, &wait, NULL) < 0 && errno != EINTR)
		fatal("poll: %s", strerror(errno));
	sched_turn();
	exec_turn();
	payload_turn();
	if (fds[0].revents)
		reap();
	struct frame frame;
	while (fds[1].revents && com2_receive(&frame))
		if (!serve_low_level(&frame))
			reply_error(frame.request, "a request of type %u cannot come in on COM2", frame.type);
	if (com2_closed() && agent_am_i() && !ending) {
		ending = true; /* what ends it turns the loop, too */
		power_off();
	}
}

void loop_forever(void)
{
	for (;;) {
		struct frame frame;
		while (shm_receive(&frame))
			serve(&frame);
		live_serve();
		loop_turn(now_ns() + NS_PER_MS);
	}
}
