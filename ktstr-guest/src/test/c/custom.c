/* A worker for tests of ktstr_worker.h: well-behaved, or not in one way. */
#include "ktstr_worker.h"
#include <signal.h>

static void spin(void)
{
	volatile int x = 0;
	for (int i = 0; i < 1000; i++)
		x = x + 1;
}

static void waste(int64_t ns)
{
	int64_t until = ktstr_worker_now() + ns;
	while (ktstr_worker_now() < until)
		spin();
}

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "works";
	struct ktstr_worker w;
	if (!strcmp(mode, "silent")) {
		for (;;)
			pause();
	}
	if (ktstr_worker_begin(&w))
		return 9;
	if (!strcmp(mode, "deaf")) {
		signal(SIGTERM, SIG_IGN);
		for (;;)
			spin();
	}
	for (int turn = 0; !ktstr_worker_stopped(&w); turn++) {
		spin();
		ktstr_worker_unit(&w, 1);
		ktstr_worker_iteration(&w);
		if (turn == 100)
			ktstr_worker_checkpoint(&w);
		if (!strcmp(mode, "exits") && turn == 100)
			return 3;
		if (!strcmp(mode, "crashes") && turn == 100)
			abort();
		if (!strcmp(mode, "sleeps")) {
			int64_t late = ktstr_worker_sleep(&w, 1000000);
			if (late >= 0)
				ktstr_worker_woke(&w, late);
		}
		if (!strcmp(mode, "numbers")) { /* so many iterations as its place says, and its group's size as units */
			w.units = (uint64_t)w.workers;
			w.iterations = (uint64_t)w.index + 1;
			ktstr_worker_checkpoint(&w);
			ktstr_worker_blocks(&w);
			waste(1000000);
			ktstr_worker_slept(&w, ktstr_worker_now());
		}
	}
	return ktstr_worker_end(&w);
}
