/*
 * One messenger and its receivers. A receiver's wake sample lasts from the messenger's look at the clock, right before it
 * wakes, to the receiver's first look after. A receiver that has not answered is neither stamped nor waited for again, so
 * one that starves or is dead holds nobody up, and its sample, when it runs at last, has the whole time.
 */
#include "work_kinds.h"
#include <unistd.h>

enum receiver_state {
	IDLE,   /* FutexFanOut: waits, or is about to. FanOutCompute: works */
	SENT,   /* stamped and woken */
	LATE,   /* FutexFanOut: the messenger went on without it */
	WAITING /* FanOutCompute: asks to be woken */
};

struct receiver {
	_Atomic uint32_t state __attribute__((aligned(CACHE_LINE))); /* futex of FanOutCompute */
	_Atomic int64_t sent_ns;
};

/* The first receiver of each group is the messenger, whose own words are these: futexes. */
struct fan {
	_Atomic uint32_t round __attribute__((aligned(CACHE_LINE)));   /* FutexFanOut: what receivers wait on */
	_Atomic uint32_t pending __attribute__((aligned(CACHE_LINE))); /* FutexFanOut: receivers that have not answered */
	_Atomic uint32_t bell __attribute__((aligned(CACHE_LINE)));    /* FanOutCompute: 1 once somebody waits */
	struct receiver receivers[];
};

static size_t fan_bytes(const struct kt_work_group *group)
{
	return sizeof(struct fan) + (size_t)group->parameters.fan_out * sizeof(struct receiver);
}

size_t work_fan_size(const struct kt_work_group *group)
{
	return (size_t)(group->workers / work_group_size(group)) * fan_bytes(group);
}

static struct fan *fan_of(const struct worker *w)
{
	return (struct fan *)((uint8_t *)w->shared + (size_t)(w->index / work_group_size(w->group)) * fan_bytes(w->group));
}

/* Its place among the receivers; -1 for the messenger. */
static int place(const struct worker *w)
{
	return w->index % work_group_size(w->group) - 1;
}

static void count_one(struct worker *w)
{
	worker_unit(w, 1);
	worker_iteration(w);
	worker_look(w);
}

/* ---- FutexFanOut: one wake-up call for all ---- */

static void send_round(struct worker *w, struct fan *fan)
{
	int64_t now = worker_checkpoint(w);
	for (int i = 0; i < w->group->parameters.fan_out; i++) {
		struct receiver *r = &fan->receivers[i];
		if (atomic_load(&r->state) != IDLE)
			continue;
		atomic_store(&r->sent_ns, now);
		atomic_fetch_add(&fan->pending, 1);
		atomic_store(&r->state, SENT);
	}
	atomic_fetch_add(&fan->round, 1);
	futex_wake_all(&fan->round);
}

/* Waits until all have answered, at most a slice: who has not by then is late, and no longer waited for. */
static void await_answers(struct worker *w, struct fan *fan)
{
	int64_t until = w->last_ns + WORK_WAIT_NS;
	uint32_t pending;
	while ((pending = atomic_load(&fan->pending)) && !worker_stopped(w)) {
		int64_t left = until - now_ns();
		if (left <= 0)
			break;
		work_blocks(w, until);
		futex_wait(&fan->pending, pending, left);
	}
	worker_slept(w, until);
	for (int i = 0; pending && i < w->group->parameters.fan_out; i++) {
		uint32_t sent = SENT;
		if (atomic_compare_exchange_strong(&fan->receivers[i].state, &sent, LATE))
			atomic_fetch_sub(&fan->pending, 1);
	}
}

static void fan_out(struct worker *w, struct fan *fan)
{
	while (!worker_stopped(w)) {
		work_spin(w, w->group->parameters.spin_iters);
		send_round(w, fan);
		await_answers(w, fan);
		count_one(w);
	}
	atomic_fetch_add(&fan->round, 1);
	futex_wake_all(&fan->round);
}

static bool receive_round(struct worker *w, struct fan *fan, struct receiver *self)
{
	for (;;) {
		uint32_t round = atomic_load(&fan->round);
		if (worker_stopped(w))
			return false;
		if (atomic_load(&self->state) != IDLE)
			break;
		work_wait(w, &fan->round, round);
	}
	work_received(w, atomic_load(&self->sent_ns));
	return true;
}

static void receive(struct worker *w, struct fan *fan, struct receiver *self)
{
	while (receive_round(w, fan, self)) {
		work_spin(w, w->group->parameters.spin_iters);
		if (atomic_exchange(&self->state, IDLE) == SENT && atomic_fetch_sub(&fan->pending, 1) == 1)
			futex_wake_all(&fan->pending);
		count_one(w);
	}
}

void work_futex_fan_out(struct worker *w)
{
	struct fan *fan = fan_of(w);
	int i = place(w);
	if (i >= 0) {
		receive(w, fan, &fan->receivers[i]);
		return;
	}
	w->log->messenger = true;
	fan_out(w, fan);
}

/* ---- FanOutCompute: the shape of schbench ---- */

/* Wakes whoever asks for it; returns whether anybody did. All of a batch have the time of its begin, as in schbench. */
static bool wake_waiting(struct worker *w, struct fan *fan)
{
	int64_t now = 0;
	for (int i = 0; i < w->group->parameters.fan_out; i++) {
		struct receiver *r = &fan->receivers[i];
		if (atomic_load(&r->state) != WAITING)
			continue;
		if (!now)
			now = worker_checkpoint(w);
		atomic_store(&r->sent_ns, now);
		atomic_store(&r->state, SENT);
		futex_wake_all(&r->state);
	}
	return now != 0;
}

static void post(struct worker *w, struct fan *fan)
{
	while (!worker_stopped(w)) {
		atomic_store(&fan->bell, 0);
		if (wake_waiting(w, fan))
			count_one(w);
		while (!atomic_load(&fan->bell) && !worker_stopped(w))
			work_wait(w, &fan->bell, 0);
	}
	for (int i = 0; i < w->group->parameters.fan_out; i++)
		futex_wake_all(&fan->receivers[i].state);
}

static bool await_message(struct worker *w, struct fan *fan, struct receiver *self)
{
	atomic_store(&self->state, WAITING);
	if (!atomic_exchange(&fan->bell, 1))
		futex_wake_all(&fan->bell);
	while (atomic_load(&self->state) == WAITING) {
		if (worker_stopped(w))
			return false;
		work_wait(w, &self->state, WAITING);
	}
	if (worker_stopped(w))
		return false;
	work_received(w, atomic_load(&self->sent_ns));
	atomic_store(&self->state, IDLE);
	return true;
}

/* Three matrices side by side have the size that was asked for, at least one number each. */
static int64_t matrix_side(const struct worker *w)
{
	int64_t room = w->group->parameters.size_kb * 1024ll / 3 / (int64_t)sizeof(uint64_t), n = 1;
	while ((n + 1) * (n + 1) <= room)
		n++;
	return n;
}

void work_matrix_open(struct worker *w)
{
	work_region_map(w, (size_t)w->group->parameters.size_kb * 1024);
	uint64_t *numbers = (uint64_t *)(void *)((struct work_region *)w->own)->memory;
	for (int64_t i = 0, n = matrix_side(w); i < 2 * n * n; i++)
		numbers[i] = worker_random(w);
}

static void multiply(struct worker *w, int64_t n)
{
	const uint64_t *a = (uint64_t *)(void *)((struct work_region *)w->own)->memory, *b = a + n * n;
	volatile uint64_t *c = (volatile uint64_t *)a + 2 * n * n;
	for (int64_t i = 0; i < n && !worker_stopped(w); i++) {
		for (int64_t j = 0; j < n; j++) {
			c[i * n + j] = 0;
			for (int64_t k = 0; k < n; k++)
				c[i * n + j] += a[i * n + k] * b[k * n + j];
		}
		worker_look(w);
	}
}

static void compute(struct worker *w, struct fan *fan, struct receiver *self)
{
	int64_t n = matrix_side(w);
	while (await_message(w, fan, self)) {
		if (w->group->parameters.sleep_ns)
			worker_sleep(w, w->group->parameters.sleep_ns);
		for (int i = 0; i < w->group->parameters.operations && !worker_stopped(w); i++)
			multiply(w, n);
		count_one(w);
	}
}

void work_fan_out_compute(struct worker *w)
{
	struct fan *fan = fan_of(w);
	int i = place(w);
	if (i >= 0) {
		compute(w, fan, &fan->receivers[i]);
		return;
	}
	w->log->messenger = true;
	post(w, fan);
}
