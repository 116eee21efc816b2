/*
 * For tests: writes each wake sample, eight bytes, to the file that the environment names by KTSTR_RAW, before it is counted.
 * Linked in by ld's --wrap.
 */
#include "worker.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void __real_worker_woke(struct worker *w, int64_t ns);
void __wrap_worker_woke(struct worker *w, int64_t ns);

void __wrap_worker_woke(struct worker *w, int64_t ns)
{
	static int fd = -2; /* one for each process */
	if (fd == -2) {
		const char *path = getenv("KTSTR_RAW");
		fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
	}
	if (fd >= 0 && write(fd, &ns, sizeof(ns)) != (ssize_t)sizeof(ns))
		worker_fail(w, "writing a raw sample");
	__real_worker_woke(w, ns);
}
