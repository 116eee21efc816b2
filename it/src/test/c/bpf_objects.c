/*
 * Makes one BPF map of each kind that ktstr reads, fills it, and pins it, so that it stays when this ends:
 *
 *	bpf_objects PINS [COUNT]
 *
 * PINS is a folder of a BPF file system; with COUNT there are as many arrays of one entry on top. What bpftool does not show, the
 * positions of a ring buffer and the pages of an arena, is printed as this program itself saw it. Only bpf(2), no library.
 *
 *	bpf_objects --churn MS
 *
 * makes maps and frees them for that long: arrays and hashes c_N, all of whose values begin with the digits of N.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* Since 6.9; the headers of Debian 12 are older. */
#define MAP_TYPE_ARENA 33

#define PAGE 4096
#define RING_SIZE (4 * PAGE)
#define ARENA_PAGES 16
#define EVENTS 3
#define MAX_CPUS 512

static const char *pins;

__attribute__((format(printf, 1, 2), noreturn)) static void die(const char *format, ...)
{
	int err = errno;
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, ": %s\n", strerror(err));
	exit(1);
}

static int bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int create(const char *name, uint32_t type, uint32_t key, uint32_t value, uint32_t entries, uint32_t flags)
{
	union bpf_attr attr = {
		.map_type = type, .key_size = key, .value_size = value, .max_entries = entries, .map_flags = flags };
	int fd;

	memcpy(attr.map_name, name, strlen(name));
	fd = bpf(BPF_MAP_CREATE, &attr);
	if (fd < 0)
		die("cannot make the map %s of type %u", name, type);
	return fd;
}

/* A pinned map; its descriptor. */
static int make(const char *name, uint32_t type, uint32_t key, uint32_t value, uint32_t entries, uint32_t flags)
{
	int fd = create(name, type, key, value, entries, flags);
	union bpf_attr pin;
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", pins, name);
	memset(&pin, 0, sizeof(pin));
	pin.pathname = (uint64_t)(uintptr_t)path;
	pin.bpf_fd = fd;
	if (bpf(BPF_OBJ_PIN, &pin))
		die("cannot pin the map %s at %s", name, path);
	return fd;
}

static void put(int fd, const void *key, const void *value)
{
	union bpf_attr attr = { .map_fd = fd, .key = (uint64_t)(uintptr_t)key, .value = (uint64_t)(uintptr_t)value };

	if (bpf(BPF_MAP_UPDATE_ELEM, &attr))
		die("cannot update a map");
}

/* Bytes that tell one entry and one place in it from another. */
static void pattern(uint8_t *bytes, size_t n, int seed)
{
	for (size_t i = 0; i < n; i++)
		bytes[i] = seed * 31 + i * 7 + 1;
}

/* A value that is no multiple of 8, so that it is padded. */
static void array(void)
{
	int fd = make("p_array", BPF_MAP_TYPE_ARRAY, 4, 12, 5, 0);
	uint8_t value[12];

	for (uint32_t i = 0; i < 5; i++) {
		pattern(value, sizeof(value), i);
		put(fd, &i, value);
	}
}

/* The kernel takes a value for each possible CPU, each padded to 8 bytes. */
static void per_cpu(int fd, const void *key, int seed)
{
	static uint64_t values[MAX_CPUS];

	for (int cpu = 0; cpu < MAX_CPUS; cpu++)
		values[cpu] = seed * 100000ULL + cpu;
	put(fd, key, values);
}

static void per_cpu_array(void)
{
	int fd = make("p_pcpu_array", BPF_MAP_TYPE_PERCPU_ARRAY, 4, 8, 3, 0);

	for (uint32_t i = 0; i < 3; i++)
		per_cpu(fd, &i, i + 1);
}

/* Keys that are no multiple of 8 either. More entries than an LRU map holds make it forget some. */
static void hash(const char *name, uint32_t type, uint32_t room, uint32_t flags, int entries)
{
	int fd = make(name, type, 6, 20, room, flags);
	uint8_t key[6], value[20];

	for (int i = 0; i < entries; i++) {
		pattern(key, sizeof(key), i);
		memcpy(key, &i, 2);
		pattern(value, sizeof(value), i + 1000);
		put(fd, key, value);
	}
}

static void per_cpu_hash(const char *name, uint32_t type)
{
	int fd = make(name, type, 4, 8, 64, 0);

	for (uint32_t key = 1; key <= 20; key++)
		per_cpu(fd, &key, key);
}

/* A program that puts eight bytes into the ring: bpf_ringbuf_output(ring, stack, 8, 0). */
static int ring_program(int ring)
{
	const struct bpf_insn code[] = {
		{ .code = BPF_ST | BPF_MEM | BPF_DW, .dst_reg = BPF_REG_10, .off = -8, .imm = 0x1234 },
		{ .code = BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1, .src_reg = BPF_PSEUDO_MAP_FD, .imm = ring },
		{ .code = 0 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_2, .src_reg = BPF_REG_10 },
		{ .code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_2, .imm = -8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 8 },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_4, .imm = 0 },
		{ .code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_ringbuf_output },
		{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = 0 },
		{ .code = BPF_JMP | BPF_EXIT },
	};
	union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_SOCKET_FILTER,
				.insns = (uint64_t)(uintptr_t)code,
				.insn_cnt = sizeof(code) / sizeof(code[0]),
				.license = (uint64_t)(uintptr_t)"GPL" };
	int fd;

	memcpy(attr.prog_name, "p_ring_out", 10);
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		die("cannot load a program that writes into a ring buffer");
	return fd;
}

static void run(int program)
{
	uint8_t packet[64] = { 0 };
	union bpf_attr attr = { 0 };

	attr.test.prog_fd = program;
	attr.test.data_in = (uint64_t)(uintptr_t)packet;
	attr.test.data_size_in = sizeof(packet);
	if (bpf(BPF_PROG_TEST_RUN, &attr))
		die("cannot run a program");
}

static void ring(void)
{
	int fd = make("p_ring", BPF_MAP_TYPE_RINGBUF, 0, 0, RING_SIZE, 0), program = ring_program(fd);
	volatile uint64_t *consumer, *producer;

	for (int i = 0; i < EVENTS; i++)
		run(program);
	close(program);
	consumer = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	producer = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, PAGE);
	if (consumer == MAP_FAILED || producer == MAP_FAILED)
		die("cannot map the ring buffer");
	*consumer = 16; /* the first event: its header and its eight bytes */
	printf("ring %llu %llu %d\n", (unsigned long long)*consumer, (unsigned long long)*producer, RING_SIZE);
}

static void arena(void)
{
	int fd = make("p_arena", MAP_TYPE_ARENA, 0, 0, ARENA_PAGES, BPF_F_MMAPABLE);
	uint8_t *at = mmap(NULL, ARENA_PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	const int touched[] = { 0, 3, ARENA_PAGES - 1 };

	if (at == MAP_FAILED)
		die("cannot map the arena");
	printf("arena %llu %d", (unsigned long long)(uintptr_t)at, ARENA_PAGES);
	for (size_t i = 0; i < sizeof(touched) / sizeof(touched[0]); i++) {
		pattern(at + touched[i] * PAGE, PAGE, touched[i]);
		printf(" %d", touched[i]);
	}
	printf("\n");
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

/* A few live at a time, so that a reader meets some in every state. */
static void churn(int ms)
{
	int live[4] = { -1, -1, -1, -1 };
	int64_t end = now_ms() + ms;

	for (int n = 0; now_ms() < end; n++) {
		int *fd = &live[n % 4];
		bool hashed = n % 2;
		char name[16], value[24] = "";

		if (*fd >= 0)
			close(*fd);
		snprintf(name, sizeof(name), "c_%d", n);
		memcpy(value, name + 2, strlen(name) - 2);
		*fd = create(name, hashed ? BPF_MAP_TYPE_HASH : BPF_MAP_TYPE_ARRAY, 4, sizeof(value), 32,
			     hashed ? BPF_F_NO_PREALLOC : 0);
		for (uint32_t key = 0; key < 32; key++)
			put(*fd, &key, value);
	}
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;

	if (argc < 2) {
		fprintf(stderr, "usage: bpf_objects PINS [COUNT] | --churn MS\n");
		return 64;
	}
	if (!strcmp(argv[1], "--churn")) {
		churn(count);
		return 0;
	}
	pins = argv[1];
	array();
	per_cpu_array();
	hash("p_hash", BPF_MAP_TYPE_HASH, 128, 0, 100);
	hash("p_hash_np", BPF_MAP_TYPE_HASH, 128, BPF_F_NO_PREALLOC, 100);
	hash("p_lru_hash", BPF_MAP_TYPE_LRU_HASH, 64, 0, 200);
	per_cpu_hash("p_pcpu_hash", BPF_MAP_TYPE_PERCPU_HASH);
	per_cpu_hash("p_lru_pcpu", BPF_MAP_TYPE_LRU_PERCPU_HASH);
	ring();
	arena();
	for (int i = 0; i < count; i++) {
		char name[16];

		snprintf(name, sizeof(name), "n_%d", i);
		make(name, BPF_MAP_TYPE_ARRAY, 4, 8, 1, 0);
	}
	return 0;
}
