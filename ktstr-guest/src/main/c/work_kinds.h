/* What the parts of work.c share: one set of functions per kind. */
#ifndef KTSTR_WORK_KINDS_H
#define KTSTR_WORK_KINDS_H
#include "work.h"

/*
 * Nobody waits for another worker for longer than this at a time. At the end of a slice a waiting worker takes a checkpoint:
 * so a task that was woken and never ran again shows as a gap, and a partner that was killed leaves nobody in the kernel.
 */
#define WORK_WAIT_NS (100 * NS_PER_MS)

#define SPINS_PER_LOOK (8 * ARCH_SPINS_PER_UNIT)
#define TOUCHES_PER_UNIT 1024
#define IO_BYTES 65536
#define IO_SLEEP_NS 100000

#define CACHE_LINE 64

/* What a worker has of its own, in w->own: memory it works on, and where it writes to its partner. */
struct work_region {
	size_t mapped; /* bytes, this header included */
	size_t size;   /* of the memory */
	size_t at;     /* where the next touch is */
	uint8_t *memory;
	int to; /* file descriptor; w->fd is the one to read from */
};

/* work_cache.c */
void work_region_map(struct worker *w, size_t size);
void work_region_unmap(struct worker *w);
/* Reads, changes and writes `touches` places a stride apart, going on from where it was and round; looks about. */
void work_touch(struct worker *w, int64_t touches);
void work_cache_pressure(struct worker *w);
void work_cache_yield(struct worker *w);

/* work_time.c */
void work_spin_wait(struct worker *w);
void work_yield_heavy(struct worker *w);
void work_mixed(struct worker *w);
void work_bursty(struct worker *w);
void work_sequence(struct worker *w);
void work_io_sync_write(struct worker *w);
void work_io_open(struct worker *w);
void work_io_close(struct worker *w);

/* work_pair.c */
size_t work_pair_size(int workers);
void work_pipe_open(struct worker *w);
void work_pipe_close(struct worker *w);
void work_pipe_io(struct worker *w);
void work_cache_pipe(struct worker *w);
void work_futex_ping_pong(struct worker *w);

/* work_fan.c */
size_t work_fan_size(const struct kt_work_group *group);
void work_futex_fan_out(struct worker *w);
void work_fan_out_compute(struct worker *w);
void work_matrix_open(struct worker *w);

/* work_mutex.c */
size_t work_mutex_size(const struct kt_work_group *group);
void work_mutex_contention(struct worker *w);

/* work_churn.c */
void work_fork_exit(struct worker *w);
void work_nice_sweep(struct worker *w);
void work_policy_churn(struct worker *w);
void work_affinity_churn(struct worker *w);
void work_page_fault_churn(struct worker *w);
void work_page_open(struct worker *w);

/* work_signal.c */
size_t work_signal_size(int workers);
void work_signal_open(struct worker *w);
void work_signal_close(struct worker *w);
void work_signal_storm(struct worker *w);

/* work_custom.c */
size_t work_custom_size(int workers);
void work_custom_share(void *shared, const struct kt_work_group *group, int n);
void work_custom(struct worker *w);

/* work.c: spins a number of turns; looks about on the way. */
void work_spin(struct worker *w, int64_t turns);

/* Says that nothing is due from this worker until then: before a wait for another worker. */
static inline void work_blocks(struct worker *w, int64_t until)
{
	atomic_store_explicit(&w->slot->checkpoint_ns, until, memory_order_relaxed);
}

/*
 * Waits on a shared futex for at most a slice, at the end of which it is as if it had slept: a checkpoint. To be called in a
 * loop that asks for what is waited for, and for the stop.
 */
void work_wait(struct worker *w, _Atomic uint32_t *futex, uint32_t value);

/* Notes that something sent at a time of the waker's clock has arrived: a gap from then on, and a wake latency. */
void work_received(struct worker *w, int64_t sent_ns);

/* Does nothing until the stop: its partner is gone. */
void work_idle(struct worker *w);
#endif
