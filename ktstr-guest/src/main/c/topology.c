#include "topology.h"
#include "arch.h"
#include "com2.h"
#include "reply.h"
#include "util.h"
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#define AGENT_VERSION "0.1.0"
#define CPU_DIR "/sys/devices/system/cpu"
#define NODE_DIR "/sys/devices/system/node"
#define MAX_NODES 1024

static int first_of_list(const char *path, int otherwise)
{
	return (int)read_number(path, otherwise);
}

/* The first CPU that shares this one's level 3 cache, or -1; and the cache's size. */
static int read_llc(int cpu, int64_t *bytes)
{
	for (int index = 3; index >= 0; index--) {
		char path[128], size[32];
		snprintf(path, sizeof(path), CPU_DIR "/cpu%d/cache/index%d/level", cpu, index);
		if (read_number(path, 0) != 3)
			continue;
		snprintf(path, sizeof(path), CPU_DIR "/cpu%d/cache/index%d/size", cpu, index);
		if (read_text(path, size, sizeof(size)))
			*bytes = strtoll(size, NULL, 10) * (strchr(size, 'M') ? 1 << 20 : 1 << 10);
		snprintf(path, sizeof(path), CPU_DIR "/cpu%d/cache/index%d/shared_cpu_list", cpu, index);
		return first_of_list(path, cpu);
	}
	return -1;
}

static struct kt_cpu_report read_cpu(int cpu, int32_t *llc_of_first, int *llcs)
{
	struct kt_cpu_report report = { .cpu = cpu, .llc = -1 };
	char path[128];
	snprintf(path, sizeof(path), CPU_DIR "/cpu%d/topology/physical_package_id", cpu);
	report.package_id = (int32_t)read_number(path, -1);
	snprintf(path, sizeof(path), CPU_DIR "/cpu%d/topology/thread_siblings_list", cpu);
	report.core = first_of_list(path, cpu);
	int first = read_llc(cpu, &report.llc_bytes);
	if (first >= 0 && first < (int)KT_MAX_CPUS) {
		if (llc_of_first[first] < 0)
			llc_of_first[first] = (*llcs)++;
		report.llc = llc_of_first[first];
	}
	return report;
}

static struct kt_i32_list bits_of(const uint64_t *set, int max, struct kt_arena *arena)
{
	struct kt_i32_list list = { 0, kt_alloc(arena, (size_t)max, sizeof(int32_t)) };
	if (!list.v)
		fatal("out of memory");
	for (int i = 0; i < max; i++)
		if (bit_get(set, i))
			list.v[list.n++] = i;
	return list;
}

static struct kt_i32_list read_distances(int node, struct kt_arena *arena)
{
	struct kt_i32_list list = { 0, kt_alloc(arena, MAX_NODES, sizeof(int32_t)) };
	char path[128], text[8192];
	snprintf(path, sizeof(path), NODE_DIR "/node%d/distance", node);
	if (!list.v)
		fatal("out of memory");
	if (!read_text(path, text, sizeof(text)))
		snprintf(text, sizeof(text), "10"); /* no NUMA: a node is 10 away from itself, ACPI's SLIT */
	char *at = text, *end;
	for (long d = strtol(at, &end, 10); end != at && list.n < MAX_NODES; d = strtol(at = end, &end, 10))
		list.v[list.n++] = (int32_t)d;
	return list;
}

static int64_t read_mem_total(int node)
{
	char path[128], text[4096];
	snprintf(path, sizeof(path), NODE_DIR "/node%d/meminfo", node);
	if (!read_text(path, text, sizeof(text)))
		read_text("/proc/meminfo", text, sizeof(text));
	const char *line = strstr(text, "MemTotal:");
	return line ? strtoll(line + strlen("MemTotal:"), NULL, 10) : 0;
}

static void read_nodes(struct kt_hello *to, const uint64_t *online, struct kt_arena *arena)
{
	uint64_t nodes[MAX_NODES / 64] = { 0 };
	char text[8192];
	bool numa = read_text(NODE_DIR "/online", text, sizeof(text));
	parse_cpu_list(numa ? text : "0", nodes, MAX_NODES);
	to->nodes.v = kt_alloc(arena, MAX_NODES, sizeof(*to->nodes.v));
	if (!to->nodes.v)
		fatal("out of memory");
	for (int node = 0; node < MAX_NODES; node++) {
		if (!bit_get(nodes, node))
			continue;
		uint64_t cpus[KT_MAX_CPUS / 64] = { 0 };
		char path[128];
		snprintf(path, sizeof(path), NODE_DIR "/node%d/cpulist", node);
		if (numa && read_text(path, text, sizeof(text)))
			parse_cpu_list(text, cpus, KT_MAX_CPUS);
		else
			memcpy(cpus, online, sizeof(cpus));
		to->nodes.v[to->nodes.n++] = (struct kt_node_report){
			node, read_mem_total(node), bits_of(cpus, KT_MAX_CPUS, arena), read_distances(node, arena)
		};
		for (uint32_t i = 0; i < to->cpus.n; i++)
			if (bit_get(cpus, to->cpus.v[i].cpu))
				to->cpus.v[i].node = node;
	}
}

/* What the first hello said; kept, because reading sysfs anew takes an emulated guest 40 ms and gives the same. */
static struct kt_hello hello;

static void read_hello(void)
{
	static struct kt_arena arena; /* lives as long as the hello */
	static struct utsname name;
	uname(&name);
	hello = (struct kt_hello){
		.protocol_hash = (int64_t)KT_PROTOCOL_HASH,
		.agent_version = AGENT_VERSION,
		.kernel_release = name.release,
		.sched_ext = access("/sys/kernel/sched_ext", F_OK) == 0,
	};
	uint64_t online[KT_MAX_CPUS / 64] = { 0 };
	char text[8192];
	if (!read_text(CPU_DIR "/online", text, sizeof(text)))
		fatal("cannot read " CPU_DIR "/online");
	int count = parse_cpu_list(text, online, KT_MAX_CPUS), llcs = 0;
	int32_t *llc_of_first = kt_alloc(&arena, KT_MAX_CPUS, sizeof(int32_t));
	hello.cpus.v = kt_alloc(&arena, (size_t)count, sizeof(*hello.cpus.v));
	if (!llc_of_first || !hello.cpus.v)
		fatal("out of memory");
	memset(llc_of_first, -1, KT_MAX_CPUS * sizeof(int32_t));
	for (int cpu = 0; cpu < (int)KT_MAX_CPUS; cpu++)
		if (bit_get(online, cpu))
			hello.cpus.v[hello.cpus.n++] = read_cpu(cpu, llc_of_first, &llcs);
	read_nodes(&hello, online, &arena);
}

static struct kt_writer write_hello(const struct calibration *calibration)
{
	struct kt_writer w = { 0 };
	hello.spin_ns_per_unit = calibration->spin_ns_per_unit;
	hello.boot_ns = now_ns();
	kt_put_hello(&w, &hello);
	return w;
}

void send_hello(const struct calibration *calibration)
{
	read_hello();
	struct kt_writer w = write_hello(calibration);
	if (w.failed || !com2_send(KT_MESSAGE_TYPE_HELLO, 0, w.data, w.length))
		fatal("the hello did not go out on COM2");
	free(w.data);
}

void reply_hello(uint32_t request, const struct calibration *calibration)
{
	struct kt_writer w = write_hello(calibration);
	send_written(KT_MESSAGE_TYPE_OK, request, &w);
}
