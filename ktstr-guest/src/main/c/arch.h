/* Everything that depends on the processor. */
#ifndef KTSTR_ARCH_H
#define KTSTR_ARCH_H
#include <stdint.h>

#define ARCH_SPINS_PER_UNIT 1024

#if defined(__x86_64__)
#include <sys/io.h>
#include <ucontext.h>

#define ARCH_DOORBELL_PORT 0xe9

/* Lets this process ring; 0 or -1 with errno. */
static inline int arch_doorbell_open(void)
{
	return ioperm(ARCH_DOORBELL_PORT, 1, 1);
}

static inline void arch_doorbell_ring(void)
{
	outb('!', ARCH_DOORBELL_PORT);
}

/* For loops that wait: where vCPUs take turns on one thread, the next gets its turn. */
static inline void arch_relax(void)
{
	__builtin_ia32_pause();
}

/* A cheap counter, good for telling that about a millisecond has passed, for nothing else: it may differ between CPUs. */
static inline uint64_t arch_cycles(void)
{
	return __builtin_ia32_rdtsc();
}

/* Where a signal came from, by what its handler was given (SA_SIGINFO). */
static inline uintptr_t arch_instruction(const void *context)
{
	return (uintptr_t)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}
#else
#error "arch.h has no part for this processor"
#endif

/* Spins: a dependent chain the compiler cannot shorten. No pause instruction: it is an exit in some machines. */
static inline uint64_t arch_spin(uint64_t x, int64_t turns)
{
	for (int64_t i = 0; i < turns; i++) {
		x = x * 6364136223846793005u + 1442695040888963407u;
		__asm__ volatile("" : "+r"(x));
	}
	return x;
}

static inline uint64_t arch_spin_unit(uint64_t x)
{
	return arch_spin(x, ARCH_SPINS_PER_UNIT);
}
#endif
