/*
 * Keeps a CPU busy with a known number of tasks that run nowhere else:
 *
 *	busy CPU COUNT STOP
 *
 * ends once they all run, and they end when there is a file STOP.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Rounds between two looks for STOP: some milliseconds under emulation. */
#define ROUNDS 1000000

static void spin(const char *stop)
{
	for (;;) {
		for (volatile int i = 0; i < ROUNDS; i++)
			;
		if (!access(stop, F_OK))
			_exit(0);
	}
}

int main(int argc, char **argv)
{
	int count, ready[2];
	cpu_set_t cpus;
	char byte = 0;

	if (argc != 4) {
		fprintf(stderr, "usage: busy CPU COUNT STOP\n");
		return 64;
	}
	count = atoi(argv[2]);
	CPU_ZERO(&cpus);
	CPU_SET(atoi(argv[1]), &cpus);
	if (pipe(ready)) {
		fprintf(stderr, "busy: cannot make a pipe: %s\n", strerror(errno));
		return 1;
	}
	for (int i = 0; i < count; i++) {
		pid_t child = fork();

		if (child < 0) {
			fprintf(stderr, "busy: cannot fork: %s\n", strerror(errno));
			return 1;
		}
		if (child)
			continue;
		if (sched_setaffinity(0, sizeof(cpus), &cpus)) {
			fprintf(stderr, "busy: cannot move to CPU %s: %s\n", argv[1], strerror(errno));
			_exit(1);
		}
		if (write(ready[1], &byte, 1) != 1)
			_exit(1);
		close(ready[0]);
		close(ready[1]);
		close(1);
		close(2);
		spin(argv[3]);
	}
	close(ready[1]);
	for (int i = 0; i < count; i++)
		if (read(ready[0], &byte, 1) != 1) {
			fprintf(stderr, "busy: %d of %d tasks did not start\n", count - i, count);
			return 1;
		}
	return 0;
}
