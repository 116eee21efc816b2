#include "frame.h"

/* Eight tables, eight bytes a turn: the plain way is too slow for bulk data in an emulated guest. */
static uint32_t table[8][256];

static void fill_tables(void)
{
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
		table[0][i] = c;
	}
	for (int t = 1; t < 8; t++)
		for (int i = 0; i < 256; i++)
			table[t][i] = table[t - 1][i] >> 8 ^ table[0][table[t - 1][i] & 255];
}

uint32_t crc32(uint32_t crc, const void *data, size_t length)
{
	const uint8_t *p = data;
	if (!table[0][1])
		fill_tables();
	crc = ~crc;
	for (; length >= 8; length -= 8, p += 8) {
		uint64_t word;
		memcpy(&word, p, 8);
		word ^= crc;
		crc = table[7][word & 255] ^ table[6][word >> 8 & 255] ^ table[5][word >> 16 & 255] ^
		      table[4][word >> 24 & 255] ^ table[3][word >> 32 & 255] ^ table[2][word >> 40 & 255] ^
		      table[1][word >> 48 & 255] ^ table[0][word >> 56];
	}
	for (; length; length--)
		crc = crc >> 8 ^ table[0][(crc ^ *p++) & 255];
	return ~crc;
}

static uint32_t seal(const struct frame_header *header, const void *payload)
{
	return crc32(crc32(0, header, offsetof(struct frame_header, crc)), payload, header->length);
}

struct frame_header frame_seal(uint32_t type, uint32_t request, const void *payload, size_t length)
{
	struct frame_header header = { KT_FRAME_MAGIC, type, request, (uint32_t)length, 0 };
	header.crc = seal(&header, payload);
	return header;
}

bool frame_intact(const struct frame_header *header, const void *payload)
{
	return header->crc == seal(header, payload);
}
