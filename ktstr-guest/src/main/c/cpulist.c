#include "cpulist.h"
#include "util.h"
#include <stdio.h>

char *cpulist_format(const struct kt_i32_list *list)
{
	struct kt_writer w = { 0 };
	for (uint32_t i = 0; i < list->n;) {
		uint32_t last = i;
		while (last + 1 < list->n && list->v[last + 1] == list->v[last] + 1)
			last++;
		char range[32];
		int n = last > i ? snprintf(range, sizeof(range), "%s%d-%d", i ? "," : "", list->v[i], list->v[last]) :
				   snprintf(range, sizeof(range), "%s%d", i ? "," : "", list->v[i]);
		kt_put_raw(&w, range, (size_t)n);
		i = last + 1;
	}
	if (!list->n)
		kt_put_raw(&w, "\n", 1);
	kt_put_raw(&w, "", 1);
	if (w.failed)
		fatal("out of memory");
	return (char *)w.data;
}

struct kt_i32_list cpulist_parse(const char *text, struct kt_arena *arena)
{
	uint64_t set[KT_MAX_CPUS / 64] = { 0 };
	parse_cpu_list(text, set, KT_MAX_CPUS);
	struct kt_i32_list list = { 0, kt_alloc(arena, KT_MAX_CPUS, sizeof(int32_t)) };
	if (!list.v)
		fatal("out of memory");
	for (int i = 0; i < (int)KT_MAX_CPUS; i++)
		if (bit_get(set, i))
			list.v[list.n++] = i;
	return list;
}
