/*
 * A server, as its scheduler sees it: waits for a request, which comes at random, works on it, and goes on. Not one of
 * ktstr's own work types; a worker of them by ktstr_worker.h.
 *
 *     worker [requests per second, 200] [turns of work per request, 200000]
 */
#include "ktstr_worker.h"

#define TURNS_PER_UNIT 1000

static uint64_t state = 88172645463325252ull;

static uint64_t next_random(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static void work_on_request(struct ktstr_worker *w, long turns)
{
	volatile uint64_t sum = 0;
	for (long done = 0; done < turns && !ktstr_worker_stopped(w); done += TURNS_PER_UNIT) {
		for (int i = 0; i < TURNS_PER_UNIT; i++)
			sum = sum * 31 + (uint64_t)i;
		ktstr_worker_unit(w, 1);
	}
}

int main(int argc, char **argv)
{
	long per_second = argc > 1 ? atol(argv[1]) : 200, turns = argc > 2 ? atol(argv[2]) : 200000;
	struct ktstr_worker w;
	if (per_second <= 0 || turns < 0) {
		fprintf(stderr, "worker: requests per second and turns must be positive\n");
		return 2;
	}
	if (ktstr_worker_begin(&w))
		return 1;
	state += (uint64_t)w.index; /* each worker its own requests, the same in every run */
	while (!ktstr_worker_stopped(&w)) {
		/* From none to twice the mean apart. */
		int64_t late = ktstr_worker_sleep(&w, (int64_t)(next_random() % (2000000000ull / (uint64_t)per_second)));
		if (late >= 0)
			ktstr_worker_woke(&w, late); /* what the scheduler adds to the request's latency */
		work_on_request(&w, turns);
		ktstr_worker_iteration(&w);
	}
	return ktstr_worker_end(&w);
}
