#include "numa.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINE 1024 /* longer ones are cut: what is counted by node comes after a path, but anonymous memory has none */

static const char *field(const char *line, const char *name)
{
	const char *at = strstr(line, name);
	return at ? at + strlen(name) : NULL;
}

void numa_line(const char *line, int64_t pages[WORKER_NODES])
{
	/* Files, and memory shared with the agent such as counters, are nobody's own. */
	if (!field(line, " anon=") || field(line, " file="))
		return;
	const char *size = field(line, " kernelpagesize_kB=");
	long kib = size ? strtol(size, NULL, 10) : 4;
	for (const char *at = line; (at = strstr(at, " N"));) {
		char *end;
		at += 2;
		long node = strtol(at, &end, 10);
		if (end == at || *end != '=' || node < 0 || node >= WORKER_NODES)
			continue;
		long long count = strtoll(end + 1, NULL, 10);
		if (count > 0 && count < 1ll << 40 && kib >= 4 && kib <= 1l << 30)
			pages[node] += count * (kib / 4);
	}
}

bool numa_pages(int64_t pages[WORKER_NODES])
{
	char text[LINE];
	size_t used = 0;
	ssize_t n;
	int fd = open("/proc/self/numa_maps", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	memset(pages, 0, WORKER_NODES * sizeof(*pages));
	bool skipping = false; /* the rest of a line that was cut */
	while ((n = read(fd, text + used, sizeof(text) - 1 - used)) > 0) {
		used += (size_t)n;
		text[used] = 0;
		char *line = text, *end;
		while ((end = strchr(line, '\n'))) {
			*end = 0;
			if (!skipping)
				numa_line(line, pages);
			skipping = false;
			line = end + 1;
		}
		used -= (size_t)(line - text);
		memmove(text, line, used + 1);
		if (used == sizeof(text) - 1) {
			if (!skipping)
				numa_line(text, pages);
			skipping = true;
			used = 0;
		}
	}
	close(fd);
	return n == 0;
}

int64_t numa_pages_migrated(void)
{
	char text[8192];
	if (!read_text("/proc/thread-self/sched", text, sizeof(text)))
		return -1;
	const char *at = field(text, "\nnuma_pages_migrated");
	at = at ? strchr(at, ':') : NULL;
	return at ? strtoll(at + 1, NULL, 10) : -1;
}
