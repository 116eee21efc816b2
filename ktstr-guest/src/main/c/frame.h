/* Frames: the one form in which messages travel, on COM2 and in the rings. */
#ifndef KTSTR_FRAME_H
#define KTSTR_FRAME_H
#include "ktstr_wire.h"

struct frame_header {
	uint32_t magic;
	uint32_t type;
	uint32_t request;
	uint32_t length;
	uint32_t crc;
};
_Static_assert(sizeof(struct frame_header) == KT_FRAME_HEADER, "the header has no padding");

/* A frame that was received; the payload belongs to its channel and lives until the next one is read. */
struct frame {
	uint32_t type;
	uint32_t request;
	uint32_t length;
	const uint8_t *payload;
};

/* CRC-32 (IEEE 802.3, as java.util.zip.CRC32), continued from `crc`; begin with 0. */
uint32_t crc32(uint32_t crc, const void *data, size_t length);

/* Fills a header for a payload. */
struct frame_header frame_seal(uint32_t type, uint32_t request, const void *payload, size_t length);

/* Whether header and payload belong together. */
bool frame_intact(const struct frame_header *header, const void *payload);
#endif
