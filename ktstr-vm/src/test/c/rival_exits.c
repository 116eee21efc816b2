/*
 * What KVM costs without us: a guest that writes to a port for ever, in a bare KVM_RUN loop. Prints the median and the
 * 99th percentile of the time from one exit to the next in nanoseconds; then the CPU time that a write to the doorbell costs
 * the vCPU when each comes out to this process, and when KVM answers it by an eventfd that a thread here reads.
 *
 * Usage: rival_exits EXITS
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define RAM (1 << 20)
#define CODE 0x1000
#define PORT 0x80
#define BELL 0xe9

/* 31 c0: xor %eax,%eax; 1: e6 80: out %al,$0x80; eb fc: jmp 1b */
static const uint8_t for_ever[] = { 0x31, 0xc0, 0xe6, PORT, 0xeb, 0xfc };

/* 1: e6 e9: out %al,$0xe9; ff c9: dec %ecx; 75 fa: jnz 1b; e6 80: out %al,$0x80 */
static const uint8_t rings[] = { 0xe6, BELL, 0xff, 0xc9, 0x75, 0xfa, 0xe6, PORT };

struct machine {
	int kvm, vm, cpu;
	uint8_t *ram;
	struct kvm_run *run;
	size_t run_size;
};

static void die(const char *what)
{
	fprintf(stderr, "rival_exits: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int checked(int result, const char *what)
{
	if (result < 0)
		die(what);
	return result;
}

static uint64_t now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void protected_mode(int cpu)
{
	struct kvm_sregs s;
	struct kvm_segment flat = { .limit = 0xffffffff, .present = 1, .s = 1, .db = 1, .g = 1 };

	checked(ioctl(cpu, KVM_GET_SREGS, &s), "KVM_GET_SREGS");
	flat.selector = 8;
	flat.type = 0xb;
	s.cs = flat;
	flat.selector = 16;
	flat.type = 3;
	s.ds = s.es = s.fs = s.gs = s.ss = flat;
	s.cr0 |= 1;
	checked(ioctl(cpu, KVM_SET_SREGS, &s), "KVM_SET_SREGS");
}

static struct machine make(const uint8_t *code, size_t size)
{
	struct machine m = { .kvm = checked(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm") };
	struct kvm_userspace_memory_region region = { .memory_size = RAM };

	m.vm = checked(ioctl(m.kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	m.ram = mmap(NULL, RAM, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (m.ram == MAP_FAILED)
		die("guest RAM");
	memcpy(m.ram + CODE, code, size);
	region.userspace_addr = (uintptr_t)m.ram;
	checked(ioctl(m.vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	m.cpu = checked(ioctl(m.vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	m.run_size = checked(ioctl(m.kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");
	m.run = mmap(NULL, m.run_size, PROT_READ | PROT_WRITE, MAP_SHARED, m.cpu, 0);
	if (m.run == MAP_FAILED)
		die("kvm_run");
	protected_mode(m.cpu);
	return m;
}

static void begin(const struct machine *m, uint64_t ecx)
{
	struct kvm_regs r = { .rip = CODE, .rflags = 2, .rcx = ecx };

	checked(ioctl(m->cpu, KVM_SET_REGS, &r), "KVM_SET_REGS");
}

static void discard(struct machine *m)
{
	munmap(m->run, m->run_size);
	munmap(m->ram, RAM);
	close(m->cpu);
	close(m->vm);
	close(m->kvm);
}

/* Runs to the next access of a port, and says which. */
static int next_port(const struct machine *m)
{
	checked(ioctl(m->cpu, KVM_RUN, 0), "KVM_RUN");
	if (m->run->exit_reason != KVM_EXIT_IO) {
		fprintf(stderr, "rival_exits: exit reason %u\n", m->run->exit_reason);
		exit(1);
	}
	return m->run->io.port;
}

static int ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void exits(int count)
{
	struct machine m = make(for_ever, sizeof(for_ever));
	uint64_t *gaps = calloc(count, sizeof(*gaps));
	uint64_t before;

	if (!gaps)
		die("memory");
	begin(&m, 0);
	for (int i = 0; i < count / 10; i++)
		next_port(&m);
	before = now_ns(CLOCK_MONOTONIC);
	for (int i = 0; i < count; i++) {
		uint64_t now;

		next_port(&m);
		now = now_ns(CLOCK_MONOTONIC);
		gaps[i] = now - before;
		before = now;
	}
	qsort(gaps, count, sizeof(*gaps), ascending);
	printf("exit %llu %llu\n", (unsigned long long)gaps[count / 2], (unsigned long long)gaps[count / 100 * 99]);
	free(gaps);
	discard(&m);
}

static void *drain(void *arg)
{
	uint64_t value;

	while (read(*(int *)arg, &value, sizeof(value)) == sizeof(value) && value < 1ULL << 32)
		;
	return NULL;
}

static double ring(int count, int by_eventfd)
{
	struct machine m = make(rings, sizeof(rings));
	struct kvm_ioeventfd bell = { .addr = BELL, .len = 1, .flags = KVM_IOEVENTFD_FLAG_PIO };
	uint64_t start, end, last = 1ULL << 32;
	pthread_t reader;

	if (by_eventfd) {
		bell.fd = checked(eventfd(0, EFD_CLOEXEC), "eventfd");
		checked(ioctl(m.vm, KVM_IOEVENTFD, &bell), "KVM_IOEVENTFD");
		if (pthread_create(&reader, NULL, drain, &bell.fd))
			die("a thread");
	}
	begin(&m, count);
	start = now_ns(CLOCK_THREAD_CPUTIME_ID);
	while (next_port(&m) == BELL)
		;
	end = now_ns(CLOCK_THREAD_CPUTIME_ID);
	if (by_eventfd) {
		checked(write(bell.fd, &last, sizeof(last)), "eventfd");
		pthread_join(reader, NULL);
		close(bell.fd);
	}
	discard(&m);
	return (double)(end - start) / count;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 0;

	if (count < 1000) {
		fprintf(stderr, "usage: rival_exits EXITS (at least 1000)\n");
		return 2;
	}
	exits(count);
	printf("ring-exit %.0f\n", ring(count, 0));
	printf("ring-eventfd %.0f\n", ring(count, 1));
	return 0;
}
