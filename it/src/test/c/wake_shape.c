/*
 * FanOutCompute's shape by other means: threads of one process, private futexes, raw samples. One messenger, receivers that
 * ask it to be woken, then sleep, then multiply matrices. WakeLatencyIT holds the work type's percentiles against what this
 * prints: the samples, in nanoseconds, a line each, appended to a file.
 *
 *     wake_shape FILE RECEIVERS CACHE_KB OPERATIONS SLEEP_US
 */
#include "ktstr_worker.h"
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#define MAX_SAMPLES 200000

static struct ktstr_worker worker; /* of the main thread, which is the messenger */
static atomic_bool stopping;
static atomic_uint bell; /* 0: the messenger waits */
static int cache_kb, operations, sleep_us;

struct receiver {
	atomic_uint waiting; /* 1 until it is woken */
	_Atomic int64_t sent_ns;
	pthread_t thread;
	size_t n;
	int64_t *samples;
};

static void wait_while(atomic_uint *word, unsigned value, int64_t ns)
{
	struct timespec t = { 0, (long)ns };
	syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, &t, NULL, 0);
}

static void wake(atomic_uint *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

static void multiply(const uint64_t *a, const uint64_t *b, volatile uint64_t *c, int n)
{
	for (int i = 0; i < n; i++)
		for (int j = 0; j < n; j++) {
			c[i * n + j] = 0;
			for (int k = 0; k < n; k++)
				c[i * n + j] += a[i * n + k] * b[k * n + j];
		}
}

static bool await_message(struct receiver *self)
{
	atomic_store(&self->waiting, 1);
	if (!atomic_exchange(&bell, 1))
		wake(&bell);
	while (atomic_load(&self->waiting) && !atomic_load(&stopping))
		wait_while(&self->waiting, 1, 100000000);
	int64_t now = ktstr_worker_now();
	if (atomic_load(&stopping))
		return false;
	if (self->n < MAX_SAMPLES)
		self->samples[self->n++] = now - atomic_load(&self->sent_ns);
	return true;
}

static void *receive(void *argument)
{
	struct receiver *self = argument;
	int n = (int)sqrt(cache_kb * 1024.0 / 3 / sizeof(uint64_t));
	uint64_t *numbers = calloc(3 * (size_t)n * (size_t)n, sizeof(*numbers));
	struct timespec think = { 0, sleep_us * 1000l };
	while (numbers && await_message(self)) {
		nanosleep(&think, NULL);
		for (int i = 0; i < operations; i++)
			multiply(numbers, numbers + n * n, numbers + 2 * n * n, n);
	}
	free(numbers);
	return NULL;
}

/* Wakes all that wait; all have the time of the begin. */
static void post(struct receiver *receivers, int n)
{
	int64_t now = ktstr_worker_now();
	for (int i = 0; i < n; i++)
		if (atomic_load(&receivers[i].waiting)) {
			atomic_store(&receivers[i].sent_ns, now);
			atomic_store(&receivers[i].waiting, 0);
			wake(&receivers[i].waiting);
		}
}

static int write_samples(const char *path, const struct receiver *receivers, int n)
{
	FILE *to = fopen(path, "a");
	if (!to) {
		perror(path);
		return 3;
	}
	for (int i = 0; i < n; i++)
		for (size_t s = 0; s < receivers[i].n; s++)
			fprintf(to, "%lld\n", (long long)receivers[i].samples[s]);
	return fclose(to) ? 3 : 0;
}

int main(int argc, char **argv)
{
	if (argc != 6 || ktstr_worker_begin(&worker))
		return 2;
	int n = atoi(argv[2]);
	struct receiver *receivers = calloc((size_t)n, sizeof(*receivers));
	cache_kb = atoi(argv[3]);
	operations = atoi(argv[4]);
	sleep_us = atoi(argv[5]);
	for (int i = 0; i < n; i++) {
		receivers[i].samples = calloc(MAX_SAMPLES, sizeof(int64_t));
		if (!receivers[i].samples || pthread_create(&receivers[i].thread, NULL, receive, &receivers[i]))
			return 4;
	}
	while (!ktstr_worker_stopped(&worker)) {
		atomic_store(&bell, 0);
		post(receivers, n);
		ktstr_worker_unit(&worker, 1);
		ktstr_worker_iteration(&worker);
		ktstr_worker_blocks(&worker);
		while (!atomic_load(&bell) && !ktstr_worker_stopped(&worker))
			wait_while(&bell, 0, 100000000);
		ktstr_worker_slept(&worker, ktstr_worker_now());
	}
	atomic_store(&stopping, true);
	for (int i = 0; i < n; i++) {
		atomic_store(&receivers[i].waiting, 0);
		wake(&receivers[i].waiting);
		pthread_join(receivers[i].thread, NULL);
	}
	int status = write_samples(argv[1], receivers, n);
	return status ? status : ktstr_worker_end(&worker);
}
