/*
 * Two workers and one turn that goes to and fro, by pipe or by futex. Whoever has the turn works, says in shared memory when
 * it passes the turn on, passes it and waits. So each turn received is one wake sample, and no time stamp is overwritten
 * before it was read.
 */
#include "work_kinds.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

enum pair_state { PAIR_NEW, PAIR_OFFERED, PAIR_TAKEN };

struct pair {
	_Atomic uint32_t turn __attribute__((aligned(CACHE_LINE))); /* futex: whose, 0 or 1 */
	_Atomic int64_t sent_ns;                                    /* when it was passed on last */
	/* Of pipes, to meet: the even worker makes both and offers the odd one's ends. */
	_Atomic uint32_t state; /* futex */
	int tgid, read_fd, write_fd;
};

size_t work_pair_size(int workers)
{
	return ((size_t)workers + 1) / 2 * sizeof(struct pair);
}

static struct pair *pair_of(const struct worker *w)
{
	return (struct pair *)w->shared + w->index / 2;
}

static uint32_t side(const struct worker *w)
{
	return (uint32_t)w->index & 1;
}

/* ---- pipes ---- */

static void open_even(struct worker *w, struct pair *pair, int *to)
{
	int there[2], back[2];
	if (pipe2(there, O_CLOEXEC) || pipe2(back, O_CLOEXEC))
		worker_fail(w, "making pipes: %s", strerror(errno));
	w->fd = back[0];
	*to = there[1];
	pair->tgid = getpid();
	pair->read_fd = there[0];
	pair->write_fd = back[1];
	atomic_store(&pair->state, PAIR_OFFERED);
	futex_wake_all(&pair->state);
	while (atomic_load(&pair->state) != PAIR_TAKEN && !worker_stopped(w))
		futex_wait(&pair->state, PAIR_OFFERED, WORK_WAIT_NS);
	/* From here on each end has one owner, and a partner's death is an end of file. */
	close(there[0]);
	close(back[1]);
}

static int open_end(struct worker *w, int tgid, int fd, int flags)
{
	char path[64];
	snprintf(path, sizeof(path), "/proc/%d/fd/%d", tgid, fd);
	int end = open(path, flags | O_CLOEXEC);
	if (end < 0)
		worker_fail(w, "opening the partner's pipe %s: %s", path, strerror(errno));
	return end;
}

static void open_odd(struct worker *w, struct pair *pair, int *to)
{
	while (atomic_load(&pair->state) != PAIR_OFFERED) {
		if (worker_stopped(w))
			return;
		futex_wait(&pair->state, PAIR_NEW, WORK_WAIT_NS);
	}
	w->fd = open_end(w, pair->tgid, pair->read_fd, O_RDONLY);
	*to = open_end(w, pair->tgid, pair->write_fd, O_WRONLY);
	atomic_store(&pair->state, PAIR_TAKEN);
	futex_wake_all(&pair->state);
}

void work_pipe_open(struct worker *w)
{
	/* The threads of one process need four each at worst. Where it may not be raised, pipe2 says so. */
	struct rlimit files = { 4 * KT_MAX_WORKERS + 1024, 4 * KT_MAX_WORKERS + 1024 };
	setrlimit(RLIMIT_NOFILE, &files);
	signal(SIGPIPE, SIG_IGN);
	int *to = &((struct work_region *)w->own)->to;
	if (side(w))
		open_odd(w, pair_of(w), to);
	else
		open_even(w, pair_of(w), to);
}

void work_pipe_close(struct worker *w)
{
	struct work_region *own = w->own;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	if (own && own->to >= 0)
		close(own->to);
	work_region_unmap(w);
}

static bool pipe_pass(struct worker *w)
{
	struct pair *pair = pair_of(w);
	atomic_store(&pair->sent_ns, worker_checkpoint(w));
	for (;;) {
		if (write(((struct work_region *)w->own)->to, "!", 1) == 1)
			return true;
		if (errno == EPIPE)
			return false;
		if (errno != EINTR)
			worker_fail(w, "writing a byte to the partner: %s", strerror(errno));
		if (worker_stopped(w))
			return false;
	}
}

static bool pipe_receive(struct worker *w)
{
	static const struct timespec SLICE = { 0, WORK_WAIT_NS };
	struct pollfd from = { .fd = w->fd, .events = POLLIN };
	char byte;
	for (;;) {
		int64_t until = w->last_ns + WORK_WAIT_NS;
		work_blocks(w, until);
		int n = ppoll(&from, 1, &SLICE, NULL);
		if (n < 0 && errno != EINTR)
			worker_fail(w, "waiting for a byte of the partner: %s", strerror(errno));
		if (worker_stopped(w))
			return false;
		if (n <= 0) {
			worker_slept(w, until);
			continue;
		}
		if (!(from.revents & POLLIN))
			return false; /* the partner is gone */
		work_received(w, atomic_load(&pair_of(w)->sent_ns));
		return read(w->fd, &byte, 1) == 1;
	}
}

static void exchange_by_pipe(struct worker *w, void (*burst)(struct worker *w, int64_t n))
{
	bool turn = !side(w);
	while (!worker_stopped(w)) {
		if (turn) {
			burst(w, w->group->parameters.burst_iters);
			if (!pipe_pass(w))
				break;
		}
		if (!pipe_receive(w))
			break;
		turn = true;
		worker_unit(w, 1);
		worker_iteration(w);
		worker_look(w);
	}
	work_idle(w);
}

void work_pipe_io(struct worker *w)
{
	exchange_by_pipe(w, work_spin);
}

void work_cache_pipe(struct worker *w)
{
	exchange_by_pipe(w, work_touch);
}

/* ---- futex ---- */

static void turn_pass(struct worker *w)
{
	struct pair *pair = pair_of(w);
	atomic_store(&pair->turn, !side(w));
	futex_wake_all(&pair->turn);
}

static bool turn_receive(struct worker *w)
{
	struct pair *pair = pair_of(w);
	while (atomic_load(&pair->turn) != side(w)) {
		if (worker_stopped(w))
			return false;
		work_wait(w, &pair->turn, !side(w));
	}
	if (worker_stopped(w)) /* the partner passed it because it ends: no exchange */
		return false;
	work_received(w, atomic_load(&pair->sent_ns));
	return true;
}

void work_futex_ping_pong(struct worker *w)
{
	bool turn = !side(w);
	while (!worker_stopped(w)) {
		if (turn) {
			work_spin(w, w->group->parameters.spin_iters);
			atomic_store(&pair_of(w)->sent_ns, worker_checkpoint(w));
			turn_pass(w);
		}
		if (!turn_receive(w))
			break;
		turn = true;
		worker_unit(w, 1);
		worker_iteration(w);
		worker_look(w);
	}
	turn_pass(w);
}
