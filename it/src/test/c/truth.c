/* Prints what a program sees of time and chance: clocks in nanoseconds, and random values. One "name value" a line. */
#include <stdint.h>
#include <stdio.h>
#include <sys/auxv.h>
#include <sys/random.h>
#include <time.h>

static void clock_line(const char *name, clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	printf("%s %lld\n", name, t.tv_sec * 1000000000ll + t.tv_nsec);
}

static void bytes_line(const char *name, const uint8_t *bytes)
{
	printf("%s ", name);
	for (int i = 0; i < 16; i++)
		printf("%02x", bytes[i]);
	printf("\n");
}

int main(void)
{
	uint8_t random[16];
	clock_line("real", CLOCK_REALTIME);
	clock_line("monotonic", CLOCK_MONOTONIC);
	clock_line("boot", CLOCK_BOOTTIME);
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) != sizeof(random))
		return 1;
	bytes_line("random", random);
	bytes_line("auxv", (const uint8_t *)getauxval(AT_RANDOM));
	printf("stack %p\n", (void *)random);
	return 0;
}
