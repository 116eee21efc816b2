#include "capture.h"
#include "util.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536
#define CHUNKS_A_TURN 4      /* of what one pipe holds at most, in one turn of the loop */
#define MAX_BOUND (1 << 20)  /* two captures fit into a frame */

void capture_open(struct capture *capture, int fd, int64_t bound)
{
	size_t half = (size_t)(bound < 0 ? 0 : bound > MAX_BOUND ? MAX_BOUND : bound) / 2;
	*capture = (struct capture){ .fd = fd, .bound = 2 * half, .head = malloc(half + 1), .tail = malloc(half + 1) };
	if (!capture->head || !capture->tail)
		fatal("out of memory");
}

static void keep(struct capture *capture, const uint8_t *data, size_t length)
{
	size_t half = capture->bound / 2;
	int64_t at = capture->total;
	capture->total += (int64_t)length;
	if (at < (int64_t)half) {
		size_t n = half - (size_t)at < length ? half - (size_t)at : length;
		memcpy(capture->head + at, data, n);
		data += n;
		length -= n;
		at += (int64_t)n;
	}
	if (length > half) { /* only its end can stay */
		at += (int64_t)(length - half);
		data += length - half;
		length = half;
	}
	while (length) {
		size_t to = (size_t)((at - (int64_t)half) % (int64_t)half);
		size_t n = half - to < length ? half - to : length;
		memcpy(capture->tail + to, data, n);
		data += n;
		length -= n;
		at += (int64_t)n;
	}
}

/* Reads at most so many chunks. */
static void read_chunks(struct capture *capture, int chunks)
{
	static uint8_t data[CHUNK];
	ssize_t n;
	while (capture->fd >= 0 && chunks-- && (n = read(capture->fd, data, sizeof(data))) != -1) {
		if (n) {
			keep(capture, data, (size_t)n);
		} else {
			close(capture->fd);
			capture->fd = -1;
		}
	}
}

void capture_turn(struct capture *capture)
{
	read_chunks(capture, CHUNKS_A_TURN);
}

void capture_close(struct capture *capture)
{
	read_chunks(capture, 32); /* more than a pipe holds (1 MiB at most, pipe(7)) */
	if (capture->fd >= 0)
		close(capture->fd);
	capture->fd = -1;
}

struct kt_bytes capture_bytes(const struct capture *capture)
{
	size_t half = capture->bound / 2;
	size_t head = capture->total < (int64_t)half ? (size_t)capture->total : half;
	size_t rest = (size_t)(capture->total - (int64_t)head), tail = rest < half ? rest : half;
	uint8_t *all = malloc(head + tail + 1);
	if (!all)
		fatal("out of memory");
	memcpy(all, capture->head, head);
	size_t from = tail < half || !half ? 0 : rest % half;
	memcpy(all + head, capture->tail + from, tail - from);
	memcpy(all + head + (tail - from), capture->tail, from);
	return (struct kt_bytes){ (uint32_t)(head + tail), all };
}

void capture_free(struct capture *capture)
{
	if (capture->fd >= 0)
		close(capture->fd);
	free(capture->head);
	free(capture->tail);
	*capture = (struct capture){ .fd = -1 };
}
