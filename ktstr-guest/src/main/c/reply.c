#include "reply.h"
#include "shm.h"
#include "util.h"
#include <stdarg.h>
#include <stdio.h>

void send_raw(uint32_t type, uint32_t request, const void *data, size_t length)
{
	if (!shm_send(type, request, data, length))
		fatal("a message (type %u, %zu bytes) did not go out: the host makes no room in the ring", type, length);
}

void send_written(uint32_t type, uint32_t request, struct kt_writer *w)
{
	if (w->failed)
		fatal("out of memory");
	send_raw(type, request, w->data, w->length);
	free(w->data);
}

void reply_ok(uint32_t request)
{
	send_raw(KT_MESSAGE_TYPE_OK, request, NULL, 0);
}

void reply_error(uint32_t request, const char *format, ...)
{
	char text[1024];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	struct kt_failure failure = { text };
	struct kt_writer w = { 0 };
	kt_put_failure(&w, &failure);
	send_written(KT_MESSAGE_TYPE_ERROR, request, &w);
}
