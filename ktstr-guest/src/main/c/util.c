#include "util.h"
#include "com2.h"
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

int64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

int64_t deadline_after(int64_t ns)
{
	int64_t deadline;
	return __builtin_add_overflow(now_ns(), ns, &deadline) ? INT64_MAX : deadline;
}

#define EXIT_FATAL 70 /* EX_SOFTWARE, sysexits.h */

static pid_t agent;
static bool fatal_said;
static void (*agent_at_end)(void);

void agent_is_me(void (*at_end)(void))
{
	agent = getpid();
	agent_at_end = at_end;
}

bool agent_am_i(void)
{
	return getpid() == agent;
}

static void console_line(const char *line)
{
	int fd = agent == 1 ? open("/dev/console", O_WRONLY | O_NOCTTY | O_CLOEXEC) : -1;
	int to = fd >= 0 ? fd : STDERR_FILENO;
	dprintf(to, "ktstr-agent: %s\n", line);
	if (fd >= 0)
		close(fd);
}

void say(const char *format, ...)
{
	char line[512];
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	console_line(line);
}

void power_off(void)
{
	if (!agent_am_i())
		_exit(EXIT_FATAL);
	if (agent != 1) {
		void (*at_end)(void) = agent_at_end;
		agent_at_end = NULL; /* once, also when that fails */
		if (at_end)
			at_end();
		_exit(fatal_said ? EXIT_FATAL : 0);
	}
	sync();
	reboot(RB_POWER_OFF);
	/* Without ACPI power-off the kernel halts instead and the call comes back; a reset ends the guest too. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

void fatal(const char *format, ...)
{
	char line[512] = "fatal: ";
	size_t used = strlen(line);
	va_list args;
	va_start(args, format);
	vsnprintf(line + used, sizeof(line) - used, format, args);
	va_end(args);
	console_line(line);
	if (agent_am_i() && !fatal_said) {
		fatal_said = true;
		com2_fatal(line + used);
	}
	power_off();
}

bool read_text(const char *path, char *to, size_t room)
{
	to[0] = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	size_t used = 0;
	ssize_t n;
	while (used + 1 < room && (n = read(fd, to + used, room - 1 - used)) > 0)
		used += (size_t)n;
	close(fd);
	while (used && to[used - 1] == '\n')
		used--;
	to[used] = 0;
	return true;
}

long read_number(const char *path, long otherwise)
{
	char text[64];
	if (!read_text(path, text, sizeof(text)) || !text[0])
		return otherwise;
	char *end;
	long value = strtol(text, &end, 10);
	return end == text ? otherwise : value;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = write(fd, text, strlen(text));
	int error = errno;
	close(fd);
	errno = error;
	return n < 0 ? -1 : 0;
}

int make_parents(const char *path)
{
	char *copy = strdup(path);
	if (!copy)
		return -1;
	int result = 0;
	for (char *slash = strchr(copy + 1, '/'); slash && !result; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (mkdir(copy, 0755) && errno != EEXIST)
			result = -1;
		*slash = '/';
	}
	int error = errno;
	free(copy);
	errno = error;
	return result;
}

bool bit_get(const uint64_t *set, int bit)
{
	return set[bit / 64] >> (bit % 64) & 1;
}

void bit_set(uint64_t *set, int bit)
{
	set[bit / 64] |= 1ull << (bit % 64);
}

int parse_cpu_list(const char *text, uint64_t *set, int max)
{
	int count = 0;
	while (*text && isdigit((unsigned char)*text)) {
		char *end;
		long first = strtol(text, &end, 10), last = first;
		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		for (long cpu = first; cpu <= last && cpu < max; cpu++) {
			bit_set(set, (int)cpu);
			count++;
		}
		text = *end == ',' ? end + 1 : end;
	}
	return count;
}

char *copy_text(const char *text)
{
	char *copy = strdup(text);
	if (!copy)
		fatal("out of memory");
	return copy;
}

char *format_text(const char *format, ...)
{
	char *text = NULL;
	va_list args;
	va_start(args, format);
	int n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0)
		fatal("out of memory");
	return text;
}
