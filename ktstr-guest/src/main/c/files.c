#include "files.h"
#include "reply.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* The file being received. After an error the rest of it is let pass, and the error is the answer at its end. */
static int fd = -1;
static char path[4096];
static char error[sizeof(path) + 256];

static void fail(const char *doing)
{
	snprintf(error, sizeof(error), "%s %s in the guest: %s", doing, path, strerror(errno));
	if (fd >= 0)
		close(fd);
	fd = -1;
}

void files_begin(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_file_begin begin;
	if (fd >= 0)
		close(fd);
	fd = -1;
	error[0] = 0;
	if (!kt_get_file_begin(&r, &begin) || begin.path[0] != '/' || strlen(begin.path) >= sizeof(path)) {
		snprintf(error, sizeof(error), "the head of a file cannot be decoded, or its path is not absolute");
	} else {
		strcpy(path, begin.path);
		unlink(path); /* a program that runs cannot be written to, but it can be replaced */
		if (make_parents(path))
			fail("making the folders of");
		else if ((fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0)
			fail("creating");
		else if (fchmod(fd, (mode_t)begin.mode & 07777))
			fail("setting the mode of");
	}
	kt_arena_free(&arena);
}

void files_data(const struct frame *frame)
{
	const uint8_t *p = frame->payload;
	size_t left = frame->length;
	while (fd >= 0 && left) {
		ssize_t n = write(fd, p, left);
		if (n < 0) {
			fail("writing");
			unlink(path); /* gives the room back: half a file helps nobody */
			return;
		}
		p += n;
		left -= (size_t)n;
	}
}

void files_end(const struct frame *frame)
{
	if (fd >= 0 && close(fd))
		snprintf(error, sizeof(error), "closing %s in the guest: %s", path, strerror(errno));
	else if (fd < 0 && !error[0])
		snprintf(error, sizeof(error), "a file ended that had not begun");
	fd = -1;
	if (error[0])
		reply_error(frame->request, "%s", error);
	else
		reply_ok(frame->request);
	error[0] = 0;
}

void files_read(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_read_file ask;
	uint8_t *data = NULL;
	int in = -1;
	if (!kt_get_read_file(&r, &ask) || ask.max < 0 || ask.max > (int32_t)KT_MAX_PAYLOAD || ask.offset < 0) {
		reply_error(frame->request, "a request to read a file cannot be decoded");
	} else if ((in = open(ask.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)) < 0) {
		reply_error(frame->request, "opening %s in the guest: %s", ask.path, strerror(errno));
	} else if (ask.offset && lseek(in, ask.offset, SEEK_SET) < 0) {
		reply_error(frame->request, "seeking in %s in the guest: %s", ask.path, strerror(errno));
	} else if (!(data = malloc((size_t)ask.max + 1))) {
		reply_error(frame->request, "no memory in the guest to read %s", ask.path);
	} else {
		size_t used = 0;
		ssize_t n = 0;
		while (used < (size_t)ask.max && (n = read(in, data + used, (size_t)ask.max - used)) > 0)
			used += (size_t)n;
		if (n < 0 && errno != EAGAIN)
			reply_error(frame->request, "reading %s in the guest: %s", ask.path, strerror(errno));
		else
			send_raw(KT_MESSAGE_TYPE_OK, frame->request, data, used);
	}
	free(data);
	if (in >= 0)
		close(in);
	kt_arena_free(&arena);
}

void files_write(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_write_file ask;
	if (!kt_get_write_file(&r, &ask)) {
		reply_error(frame->request, "a request to write a file cannot be decoded");
	} else {
		/* Creating is a second try: in a control file system the first error is the one that tells. */
		int out = open(ask.path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NONBLOCK);
		if (out < 0 && errno == ENOENT)
			out = open(ask.path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
		ssize_t n = out < 0 ? -1 : write(out, ask.content.v, ask.content.n);
		if (n < 0)
			reply_error(frame->request, "writing %s in the guest: %s", ask.path, strerror(errno));
		else if (n < (ssize_t)ask.content.n)
			reply_error(frame->request, "writing %s in the guest: only %zd of %u bytes were taken", ask.path, n,
				    ask.content.n);
		else
			reply_ok(frame->request);
		if (out >= 0)
			close(out);
	}
	kt_arena_free(&arena);
}
