/* Walking through memory. */
#include "work_kinds.h"
#include <errno.h>
#include <sys/mman.h>

void work_region_map(struct worker *w, size_t size)
{
	size_t mapped = size + sizeof(struct work_region) + CACHE_LINE;
	struct work_region *region =
		mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (region == MAP_FAILED)
		worker_fail(w, "mapping %zu KiB of memory: %s", mapped / 1024, strerror(errno));
	region->mapped = mapped;
	region->size = size;
	region->memory = (uint8_t *)region + CACHE_LINE;
	region->to = -1;
	w->own = region;
}
_Static_assert(sizeof(struct work_region) <= CACHE_LINE, "the header has a line of its own");

void work_region_unmap(struct worker *w)
{
	struct work_region *region = w->own;
	w->own = NULL;
	if (region)
		munmap(region, region->mapped);
}

void work_touch(struct worker *w, int64_t touches)
{
	struct work_region *region = w->own;
	size_t stride = w->group->parameters.stride_bytes > 0 ? (size_t)w->group->parameters.stride_bytes : CACHE_LINE;
	size_t at = region->at, size = region->size;
	volatile uint8_t *memory = region->memory;
	while (touches > 0 && !worker_stopped(w)) {
		int64_t n = touches < TOUCHES_PER_UNIT ? touches : TOUCHES_PER_UNIT;
		for (int64_t i = 0; i < n; i++) {
			memory[at]++;
			at += stride;
			if (at >= size)
				at -= size;
		}
		touches -= n;
		if (touches > 0)
			worker_look(w);
	}
	region->at = at;
}

static void cache_unit(struct worker *w)
{
	work_touch(w, TOUCHES_PER_UNIT);
	worker_unit(w, 1);
	worker_iteration(w);
	worker_look(w);
}

void work_cache_pressure(struct worker *w)
{
	while (!worker_stopped(w))
		cache_unit(w);
}

void work_cache_yield(struct worker *w)
{
	while (!worker_stopped(w)) {
		cache_unit(w);
		sched_yield();
	}
}
