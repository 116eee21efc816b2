/*
 * A wake-up benchmark in the manner of schbench: one messenger wakes its workers, each measures how long it took from the wake to
 * its first instruction, thinks for a while, and waits again. Prints percentiles in microseconds as JSON.
 *
 * Usage: wakebench WORKERS SECONDS THINK_US
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define MAX_SAMPLES (1 << 20)

struct worker {
	_Atomic int turn; /* 0: waits, 1: was woken */
	_Atomic int64_t woken_ns;
	int64_t *samples;
	size_t count;
	pthread_t thread;
};

static _Atomic int stop;
static int64_t think_ns;

static int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void *work(void *arg)
{
	struct worker *w = arg;
	while (!stop) {
		while (!w->turn && !stop)
			syscall(SYS_futex, &w->turn, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
		int64_t now = now_ns();
		if (stop)
			break;
		if (w->count < MAX_SAMPLES)
			w->samples[w->count++] = now - w->woken_ns;
		while (now_ns() - now < think_ns)
			; /* thinks */
		w->turn = 0;
	}
	return NULL;
}

static int ascending(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
	int n = argc > 3 ? atoi(argv[1]) : 0, seconds = argc > 3 ? atoi(argv[2]) : 0;
	if (n < 1 || n > 1024 || seconds < 1) {
		fprintf(stderr, "usage: wakebench WORKERS SECONDS THINK_US\n");
		return 2;
	}
	think_ns = atoll(argv[3]) * 1000;
	struct worker *workers = calloc((size_t)n, sizeof(*workers));
	for (int i = 0; i < n; i++) {
		workers[i].samples = malloc(MAX_SAMPLES * sizeof(int64_t));
		if (!workers[i].samples || pthread_create(&workers[i].thread, NULL, work, &workers[i])) {
			fprintf(stderr, "wakebench: cannot start worker %d\n", i);
			return 1;
		}
	}
	for (int64_t end = now_ns() + seconds * 1000000000ll; now_ns() < end;) {
		for (int i = 0; i < n; i++) {
			if (workers[i].turn)
				continue; /* still at it */
			workers[i].woken_ns = now_ns();
			workers[i].turn = 1;
			syscall(SYS_futex, &workers[i].turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
		}
		nanosleep(&(struct timespec){ 0, 100000 }, NULL);
	}
	stop = 1;
	size_t total = 0;
	for (int i = 0; i < n; i++) {
		workers[i].turn = 1;
		syscall(SYS_futex, &workers[i].turn, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
		pthread_join(workers[i].thread, NULL);
		total += workers[i].count;
	}
	int64_t *all = malloc((total + 1) * sizeof(*all));
	size_t at = 0;
	for (int i = 0; i < n; i++)
		for (size_t k = 0; k < workers[i].count; k++)
			all[at++] = workers[i].samples[k];
	if (!total) {
		fprintf(stderr, "wakebench: nobody woke up\n");
		return 1;
	}
	qsort(all, total, sizeof(*all), ascending);
	printf("{\"wakeups\": %zu, \"wake_us\": {\"p50\": %.1f, \"p99\": %.1f, \"max\": %.1f}}\n", total,
	       (double)all[total / 2] / 1e3, (double)all[total * 99 / 100] / 1e3, (double)all[total - 1] / 1e3);
	return 0;
}
