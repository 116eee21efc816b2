/*
 * What comes from the host, decoded and checked by the agent's own code. Whatever is decoded encodes to the same bytes.
 * With libFuzzer (build/fuzz-agent) it searches; with -DREPLAY it is a program that runs the files it is given.
 */
#include "op.h"
#include <stdio.h>

static void same(const struct kt_writer *w, const uint8_t *data, size_t size)
{
	if (w->failed || w->length != size || (size && memcmp(w->data, data, size)))
		abort();
}

#define CASE(number, name, check)                                                        \
	case number: {                                                                   \
		struct kt_##name v;                                                      \
		if (kt_get_##name(&r, &v) && !kt_left(&r)) {                             \
			kt_put_##name(&w, &v);                                           \
			same(&w, data + 1, size - 1);                                    \
			check;                                                           \
		}                                                                        \
		break;                                                                   \
	}

static void check_plan(const struct kt_scenario_plan *plan)
{
	uint64_t workers = 0;
	for (uint32_t i = 0; i < plan->backdrop.n; i++)
		op_wrong(&plan->backdrop.v[i], &workers);
	for (uint32_t s = 0; s < plan->steps.n; s++) {
		for (uint32_t i = 0; i < plan->steps.v[s].ops.n; i++)
			op_wrong(&plan->steps.v[s].ops.v[i], &workers);
		for (uint32_t c = 0; c < plan->steps.v[s].setup.n; c++)
			cgroup_plan_wrong(&plan->steps.v[s].setup.v[c], &workers);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	uint64_t workers = 0;
	struct kt_arena arena = { 0 };
	struct kt_writer w = { 0 };
	struct kt_reader r = { data + 1, data + size, &arena };
	switch (data[0]) {
		CASE(0, file_begin, )
		CASE(1, start_scheduler, )
		CASE(2, stop_scheduler, )
		CASE(3, scenario_plan, check_plan(&v))
		CASE(4, exec_request, )
		CASE(5, read_file, )
		CASE(6, write_file, )
		CASE(7, wake, )
		CASE(8, host_done, )
		CASE(9, op_plan, op_wrong(&v, &workers))
		CASE(10, live_spawn, work_group_wrong(&v.group, &workers))
		CASE(11, live_workers, )
	default:
		break;
	}
	free(w.data);
	kt_arena_free(&arena);
	return 0;
}

#ifdef REPLAY
int main(int argc, char **argv)
{
	static uint8_t data[1 << 20];
	for (int i = 1; i < argc; i++) {
		FILE *in = fopen(argv[i], "rb");
		if (!in) {
			perror(argv[i]);
			return 2;
		}
		size_t size = fread(data, 1, sizeof(data), in);
		fclose(in);
		/* Exactly as large as it is, so that a byte read beyond it is noticed. */
		uint8_t *copy = malloc(size + !size);
		memcpy(copy, data, size);
		LLVMFuzzerTestOneInput(copy, size);
		free(copy);
	}
	printf("%d\n", argc - 1);
	return 0;
}
#endif
