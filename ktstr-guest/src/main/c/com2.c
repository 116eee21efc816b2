#include "com2.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#define SEND_NS (10 * NS_PER_S)

static int fd = -1, out = -1;
static bool closed;
static uint8_t input[KT_FRAME_HEADER + KT_MAX_SERIAL_PAYLOAD];
static size_t filled;   /* bytes in input */
static size_t consumed; /* of the frame handed out last */

void com2_open(void)
{
	fd = out = open("/dev/ttyS1", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fatal("cannot open the control channel /dev/ttyS1: %s; the kernel needs an 8250 driver and the machine a COM2",
		      strerror(errno));
	struct termios raw;
	if (tcgetattr(fd, &raw))
		fatal("/dev/ttyS1 is no terminal: %s", strerror(errno));
	cfmakeraw(&raw);
	raw.c_cflag |= CLOCAL | CREAD;
	cfsetspeed(&raw, B115200);
	if (tcsetattr(fd, TCSANOW, &raw))
		fatal("cannot make /dev/ttyS1 raw: %s", strerror(errno));
}

void com2_use_stdio(void)
{
	/* Whoever prints to standard output would break the frames: only this file may. */
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fd < 0 || out < 0 || null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0 ||
	    fcntl(fd, F_SETFL, O_NONBLOCK) || fcntl(out, F_SETFL, O_NONBLOCK))
		fatal("cannot take standard input and output: %s", strerror(errno));
	close(null);
}

bool com2_closed(void)
{
	return closed;
}

int com2_fd(void)
{
	return fd;
}

static bool put(const void *data, size_t length, int64_t deadline)
{
	const uint8_t *p = data;
	while (length) {
		ssize_t n = write(out, p, length);
		if (n > 0) {
			p += n;
			length -= (size_t)n;
			continue;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return false;
		int64_t left = deadline - now_ns();
		if (left <= 0)
			return false;
		struct pollfd writable = { out, POLLOUT, 0 };
		poll(&writable, 1, (int)(left / NS_PER_MS) + 1);
	}
	return true;
}

bool com2_send(uint32_t type, uint32_t request, const void *payload, size_t length)
{
	struct frame_header header = frame_seal(type, request, payload, length);
	int64_t deadline = now_ns() + SEND_NS;
	return put(&header, sizeof(header), deadline) && put(payload, length, deadline);
}

/* Drops bytes until what could be a header is in front; a line may begin with noise. */
static void seek_magic(void)
{
	const uint32_t magic = KT_FRAME_MAGIC;
	size_t at = 0;
	while (filled - at >= sizeof(magic) && memcmp(input + at, &magic, sizeof(magic)))
		at++;
	memmove(input, input + at, filled - at);
	filled -= at;
}

bool com2_receive(struct frame *frame)
{
	if (consumed) {
		memmove(input, input + consumed, filled - consumed);
		filled -= consumed;
		consumed = 0;
	}
	for (;;) {
		seek_magic();
		struct frame_header header;
		if (filled >= sizeof(header)) {
			memcpy(&header, input, sizeof(header));
			size_t whole = sizeof(header) + (size_t)header.length;
			if (header.length > KT_MAX_SERIAL_PAYLOAD)
				fatal("a frame of %u bytes came in on COM2; at most %llu are allowed", header.length,
				      (unsigned long long)KT_MAX_SERIAL_PAYLOAD);
			if (filled >= whole) {
				if (!frame_intact(&header, input + sizeof(header)))
					fatal("a frame on COM2 (type %u, %u bytes) has a wrong checksum", header.type, header.length);
				*frame = (struct frame){ header.type, header.request, header.length, input + sizeof(header) };
				consumed = whole;
				return true;
			}
		}
		ssize_t n = read(fd, input + filled, sizeof(input) - filled);
		closed = !n || (n < 0 && errno != EAGAIN && errno != EINTR);
		if (n <= 0)
			return false;
		filled += (size_t)n;
	}
}

void com2_fatal(const char *why)
{
	if (out < 0)
		return;
	struct kt_writer w = { 0 };
	struct kt_failure failure = { why };
	kt_put_failure(&w, &failure);
	if (!w.failed)
		com2_send(KT_MESSAGE_TYPE_FATAL, 0, w.data, w.length);
	tcdrain(out);
	free(w.data);
}
