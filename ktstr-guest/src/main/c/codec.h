/* Reading and writing wire values: what the generated ktstr_wire.h is made of. Little-endian machines only. */
#ifndef KTSTR_CODEC_H
#define KTSTR_CODEC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the wire format is read in place");

/* Memory of decoded values; freed all at once. */
struct kt_arena {
	struct kt_arena_block *blocks;
};
struct kt_arena_block {
	struct kt_arena_block *next;
	max_align_t data[];
};

/* Bytes being read; never read past `end`. */
struct kt_reader {
	const uint8_t *at;
	const uint8_t *end;
	struct kt_arena *arena;
};

/* Bytes being written; grows. `failed` when memory ran out: nothing is sent then. */
struct kt_writer {
	uint8_t *data;
	size_t length;
	size_t room;
	bool failed;
};

struct kt_bytes {
	uint32_t n;
	const uint8_t *v;
};

#define KT_LIST(name)             \
	struct name##_list {      \
		uint32_t n;       \
		struct name *v;   \
	}
struct kt_i32_list {
	uint32_t n;
	int32_t *v;
};
struct kt_i64_list {
	uint32_t n;
	int64_t *v;
};

static inline void *kt_alloc(struct kt_arena *arena, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes) || bytes > (64u << 20))
		return NULL;
	struct kt_arena_block *block = calloc(1, sizeof(*block) + bytes);
	if (!block)
		return NULL;
	block->next = arena->blocks;
	arena->blocks = block;
	return block->data;
}

static inline void kt_arena_free(struct kt_arena *arena)
{
	while (arena->blocks) {
		struct kt_arena_block *next = arena->blocks->next;
		free(arena->blocks);
		arena->blocks = next;
	}
}

static inline size_t kt_left(const struct kt_reader *r)
{
	return (size_t)(r->end - r->at);
}

static inline bool kt_get_raw(struct kt_reader *r, void *to, size_t length)
{
	if (kt_left(r) < length)
		return false;
	memcpy(to, r->at, length);
	r->at += length;
	return true;
}

static inline bool kt_get_i32(struct kt_reader *r, int32_t *v)
{
	return kt_get_raw(r, v, sizeof(*v));
}

static inline bool kt_get_i64(struct kt_reader *r, int64_t *v)
{
	return kt_get_raw(r, v, sizeof(*v));
}

static inline bool kt_get_bool(struct kt_reader *r, bool *v)
{
	uint8_t byte;
	if (!kt_get_raw(r, &byte, 1) || byte > 1)
		return false;
	*v = byte == 1;
	return true;
}

/* A count of elements of at least `size` bytes each that are still to be read. */
static inline bool kt_get_count(struct kt_reader *r, uint32_t *count, size_t size)
{
	return kt_get_raw(r, count, sizeof(*count)) && (uint64_t)*count * size <= kt_left(r);
}

static inline bool kt_get_bytes(struct kt_reader *r, struct kt_bytes *v)
{
	if (!kt_get_count(r, &v->n, 1))
		return false;
	v->v = r->at;
	r->at += v->n;
	return true;
}

/* Text becomes a C string; a NUL within it is refused, as it would hide what follows. */
static inline bool kt_get_text(struct kt_reader *r, const char **v)
{
	struct kt_bytes bytes;
	if (!kt_get_bytes(r, &bytes) || memchr(bytes.v, 0, bytes.n))
		return false;
	char *copy = kt_alloc(r->arena, bytes.n + (size_t)1, 1);
	if (!copy)
		return false;
	memcpy(copy, bytes.v, bytes.n);
	*v = copy;
	return true;
}

#define KT_GET_LIST(r, list, get, size)                                             \
	do {                                                                        \
		if (!kt_get_count((r), &(list).n, (size)))                          \
			return false;                                               \
		(list).v = kt_alloc((r)->arena, (list).n, sizeof(*(list).v));       \
		if (!(list).v)                                                      \
			return false;                                               \
		for (uint32_t i = 0; i < (list).n; i++)                             \
			if (!get((r), &(list).v[i]))                                \
				return false;                                       \
	} while (0)

static inline void kt_put_raw(struct kt_writer *w, const void *from, size_t length)
{
	if (w->failed || !length)
		return;
	if (w->room - w->length < length) {
		size_t room = (w->room + length) * 2;
		uint8_t *data = realloc(w->data, room);
		if (!data) {
			w->failed = true;
			return;
		}
		w->data = data;
		w->room = room;
	}
	memcpy(w->data + w->length, from, length);
	w->length += length;
}

static inline void kt_put_i32(struct kt_writer *w, const int32_t *v)
{
	kt_put_raw(w, v, sizeof(*v));
}

static inline void kt_put_i64(struct kt_writer *w, const int64_t *v)
{
	kt_put_raw(w, v, sizeof(*v));
}

static inline void kt_put_bool(struct kt_writer *w, const bool *v)
{
	uint8_t byte = *v;
	kt_put_raw(w, &byte, 1);
}

static inline void kt_put_bytes(struct kt_writer *w, const struct kt_bytes *v)
{
	kt_put_raw(w, &v->n, sizeof(v->n));
	kt_put_raw(w, v->v, v->n);
}

static inline void kt_put_text(struct kt_writer *w, const char *const *v)
{
	struct kt_bytes bytes = { (uint32_t)strlen(*v), (const uint8_t *)*v };
	kt_put_bytes(w, &bytes);
}

/* Lists of text, such as argv. */
struct kt_text_list {
	uint32_t n;
	const char **v;
};

#define KT_PUT_LIST(w, list, put)                                                   \
	do {                                                                        \
		kt_put_raw((w), &(list).n, sizeof((list).n));                       \
		for (uint32_t i = 0; i < (list).n; i++)                             \
			put((w), &(list).v[i]);                                     \
	} while (0)

#endif
