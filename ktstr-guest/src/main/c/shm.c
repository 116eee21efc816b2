#include "shm.h"
#include "arch.h"
#include "util.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SEND_NS (10 * NS_PER_S)
#define COUNTERS_SIZE ((size_t)KT_SLOT_SIZE * KT_MAX_WORKERS)

static uint8_t *window;   /* all of it; not inherited by children */
static uint8_t *counters; /* the counters alone, mapped once more for the workers */
static bool has_doorbell;
static uint8_t *inbox;    /* a copy of the frame being handled: the host may write the ring at any time */

static _Atomic uint64_t *position(size_t at)
{
	return (_Atomic uint64_t *)(window + at);
}

static void parse_argument(unsigned long long *base, unsigned long long *size)
{
	char line[8192];
	if (!read_text("/proc/cmdline", line, sizeof(line)))
		fatal("cannot read /proc/cmdline: %s", strerror(errno));
	const char *argument = strstr(line, "ktstr.shm=");
	if (!argument || sscanf(argument, "ktstr.shm=%llx,%llx", base, size) != 2)
		fatal("the kernel command line has no ktstr.shm=BASE,SIZE (both hexadecimal)");
	if (*size < KT_WINDOW_SIZE)
		fatal("ktstr.shm= names %llu bytes, %llu are needed", *size, (unsigned long long)KT_WINDOW_SIZE);
}

static uint8_t *map(int fd, const char *what, size_t size, unsigned long long at)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)at);
	if (p == MAP_FAILED)
		fatal("cannot map %zu bytes of %s at 0x%llx: %s%s", size, what, at, strerror(errno),
		      has_doorbell ? "; is the range reserved by memmap=?" : "");
	return p;
}

static void map_window(int fd, const char *what, unsigned long long base, unsigned long long size)
{
	window = map(fd, what, KT_WINDOW_SIZE, base);
	counters = map(fd, what, COUNTERS_SIZE, base + KT_COUNTERS_AT);
	close(fd);
	/*
	 * Forking copies the page table of such a mapping: 8192 entries a child would pay for and never use. A kernel without
	 * CONFIG_ADVISE_SYSCALLS cannot be asked; its children pay.
	 */
	if (madvise(window, KT_WINDOW_SIZE, MADV_DONTFORK) && errno != ENOSYS)
		fatal("cannot keep the window from children: %s", strerror(errno));
	inbox = malloc(KT_MAX_PAYLOAD);
	if (!inbox)
		fatal("out of memory");
	const uint64_t hash = KT_PROTOCOL_HASH, whole = size, magic = KT_WINDOW_MAGIC;
	memcpy(window + KT_HASH_AT, &hash, 8);
	memcpy(window + KT_SIZE_AT, &whole, 8);
	for (size_t at = KT_HOST_HEAD_AT; at <= KT_AGENT_TAIL_AT; at += 64)
		atomic_store(position(at), 0);
	memcpy(window + KT_MAGIC_AT, &magic, 8);
}

void shm_open_window(void)
{
	unsigned long long base, size;
	parse_argument(&base, &size);
	int fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	if (fd < 0)
		fatal("cannot open /dev/mem: %s; the kernel needs CONFIG_DEVMEM", strerror(errno));
	if (arch_doorbell_open())
		fatal("cannot open the doorbell port: %s", strerror(errno));
	has_doorbell = true;
	map_window(fd, "/dev/mem", base, size);
}

void shm_open_file(const char *path)
{
	struct stat file;
	int fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &file))
		fatal("cannot open the window %s: %s", path, strerror(errno));
	if (file.st_size < (off_t)KT_WINDOW_SIZE)
		fatal("the window %s has %lld bytes, %llu are needed", path, (long long)file.st_size,
		      (unsigned long long)KT_WINDOW_SIZE);
	map_window(fd, path, 0, KT_WINDOW_SIZE);
}

uint8_t *shm_counters(void)
{
	return counters;
}

static void copy_out(size_t ring, size_t size, uint64_t from, void *to, size_t length)
{
	size_t at = from & (size - 1), first = length < size - at ? length : size - at;
	memcpy(to, window + ring + at, first);
	memcpy((uint8_t *)to + first, window + ring, length - first);
}

static void copy_in(size_t ring, size_t size, uint64_t to, const void *from, size_t length)
{
	size_t at = to & (size - 1), first = length < size - at ? length : size - at;
	if (!length)
		return;
	memcpy(window + ring + at, from, first);
	memcpy(window + ring, (const uint8_t *)from + first, length - first);
}

bool shm_waiting(void)
{
	return atomic_load_explicit(position(KT_HOST_HEAD_AT), memory_order_acquire) !=
	       atomic_load_explicit(position(KT_HOST_TAIL_AT), memory_order_relaxed);
}

bool shm_receive(struct frame *frame)
{
	uint64_t tail = atomic_load_explicit(position(KT_HOST_TAIL_AT), memory_order_relaxed);
	uint64_t head = atomic_load_explicit(position(KT_HOST_HEAD_AT), memory_order_acquire);
	if (head == tail)
		return false;
	uint64_t filled = head - tail;
	struct frame_header header = { 0 };
	if (filled > KT_HOST_RING_SIZE || filled < sizeof(header))
		fatal("the host's ring holds %llu bytes, which cannot be", (unsigned long long)filled);
	copy_out(KT_HOST_RING_AT, KT_HOST_RING_SIZE, tail, &header, sizeof(header));
	if (header.magic != KT_FRAME_MAGIC || header.length > KT_MAX_PAYLOAD || header.length > filled - sizeof(header))
		fatal("the host's ring has no frame where one should be (magic 0x%x, %u bytes)", header.magic, header.length);
	copy_out(KT_HOST_RING_AT, KT_HOST_RING_SIZE, tail + sizeof(header), inbox, header.length);
	if (!frame_intact(&header, inbox))
		fatal("a frame in the host's ring (type %u, %u bytes) has a wrong checksum", header.type, header.length);
	atomic_store_explicit(position(KT_HOST_TAIL_AT), tail + sizeof(header) + header.length, memory_order_release);
	*frame = (struct frame){ header.type, header.request, header.length, inbox };
	return true;
}

bool shm_send(uint32_t type, uint32_t request, const void *payload, size_t length)
{
	size_t whole = KT_FRAME_HEADER + length;
	if (length > KT_MAX_PAYLOAD)
		return false;
	uint64_t head = atomic_load_explicit(position(KT_AGENT_HEAD_AT), memory_order_relaxed);
	int64_t deadline = now_ns() + SEND_NS;
	while (head + whole - atomic_load_explicit(position(KT_AGENT_TAIL_AT), memory_order_acquire) > KT_AGENT_RING_SIZE) {
		if (now_ns() > deadline)
			return false;
		nanosleep(&(struct timespec){ 0, NS_PER_MS }, NULL);
	}
	struct frame_header header = frame_seal(type, request, payload, length);
	copy_in(KT_AGENT_RING_AT, KT_AGENT_RING_SIZE, head, &header, sizeof(header));
	copy_in(KT_AGENT_RING_AT, KT_AGENT_RING_SIZE, head + sizeof(header), payload, length);
	atomic_store_explicit(position(KT_AGENT_HEAD_AT), head + whole, memory_order_release);
	if (has_doorbell)
		arch_doorbell_ring();
	return true;
}
