#include "arena.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARENA_SIZE (2ull << 30) /* of addresses: pages come with the first touch */
#define PAGE ((size_t)4096)

/* A live allocation; kept in order of address, in memory that workers do not share. */
struct block {
	struct block *next;
	size_t at, size;
};

static uint8_t *arena;
static int file = -1;
static struct block *blocks;

static int make_file(void)
{
	int fd = memfd_create("ktstr-workers", MFD_CLOEXEC);
	if (fd >= 0 || errno != ENOSYS)
		return fd;
	char path[] = "/tmp/.ktstr-workers-XXXXXX"; /* a kernel without CONFIG_MEMFD_CREATE */
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static bool make_arena(void)
{
	if (file < 0)
		file = make_file();
	if (file < 0 || ftruncate(file, (off_t)ARENA_SIZE))
		return false;
	void *p = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
	arena = p == MAP_FAILED ? NULL : p;
	return arena;
}

void *arena_alloc(size_t size)
{
	if (!arena && !make_arena())
		return NULL;
	size = (size + PAGE - 1) & ~(PAGE - 1);
	struct block **link = &blocks;
	size_t at = 0;
	while (*link && (*link)->at - at < size) {
		at = (*link)->at + (*link)->size;
		link = &(*link)->next;
	}
	struct block *block = malloc(sizeof(*block));
	if (!block || !size || size > ARENA_SIZE - at) {
		free(block);
		errno = ENOMEM;
		return NULL;
	}
	*block = (struct block){ *link, at, size };
	*link = block;
	return arena + at;
}

void arena_free(void *memory)
{
	struct block **link = &blocks;
	while (*link && arena + (*link)->at != memory)
		link = &(*link)->next;
	struct block *block = *link;
	if (!block)
		return;
	/* A file system that cannot punch holes, or a kernel without CONFIG_ADVISE_SYSCALLS, leaves the clearing to us. */
	if (madvise(memory, block->size, MADV_REMOVE))
		memset(memory, 0, block->size);
	*link = block->next;
	free(block);
}

int arena_fd(const void *address, off_t *offset)
{
	*offset = (const uint8_t *)address - arena;
	return file;
}
