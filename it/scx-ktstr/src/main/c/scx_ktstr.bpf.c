/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scx-ktstr: the fixture scheduler of the ktstr test suite.
 *
 * One first-in-first-out queue that all CPUs take from. A task that wakes while a CPU it may use is idle goes there
 * directly. Every task gets the same slice, so tasks that compete for the same CPUs get the same share; cpusets and
 * affinity are honoured because moving a task out of a shared queue skips those the CPU may not run.
 *
 * Everything else here is for tests: counters to read from outside and switches that make it misbehave.
 */
#include "scx_kfuncs.bpf.h"
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define SHARED_DSQ 0
#define HELD_DSQ 1 /* tasks that are denied the CPU for now */
#define EXIT_DUMP_LEN 32768
#define MSEC 1000000ULL
/* Held tasks are let go for this long, once their time is up: enough for each of a few to run. */
#define LET_GO_NS (100 * MSEC)
/* Rounds of a block of --verify-loop: a loop in a loop. */
#define VERIFY_BLOCK 10

char _license[] SEC("license") = "GPL";

/* Fixed by the loader before load. */
const volatile __u64 slice_ns = 10 * 1000 * 1000;
/* Take the long way: no direct dispatch, and slow_spins rounds of work before a CPU takes a task. */
const volatile bool slow;
const volatile __u32 slow_spins = 200;

/* Ways to misbehave; off when zero. */
const volatile __u64 starve_comm[2];	 /* tasks of this name, padded with NUL, get a CPU every starve_ns only */
const volatile __u64 starve_ns = 4000 * MSEC;
const volatile bool ignore_cpumask;	 /* send user tasks to any CPU, whether they may run there or not */
const volatile bool lifo;		 /* the newest task first */
const volatile __u32 drop_one_in;	 /* forget every so many'th user task */
const volatile __u32 cpu_limit;		 /* leave the CPUs from this one on to those that can run nowhere else */
const volatile __u32 nr_cpus = 1;	 /* how many there are */
const volatile __u32 beat_limit;	 /* how far beats counts */
const volatile bool fail_verify;	 /* an access that the verifier refuses */
const volatile __u32 verify_blocks;	 /* of 10 rounds each of a loop that the verifier has to walk round by round */

/* Counters. Atomic adds: several CPUs write them, and tests compare them. */
__u64 nr_enqueued;   /* tasks put into the shared queue */
__u64 nr_dispatched; /* tasks given to a CPU: from the shared queue, or directly */
__u64 nr_direct;     /* those of nr_dispatched that went directly to an idle CPU */
__u64 nr_stalled;    /* times that a user task was held by stall */
__u64 nr_starved;    /* times that a task was held for its name */
__u64 nr_dropped;    /* tasks forgotten */

__u32 beats;	     /* wake-ups of a task named "beater", up to beat_limit: a number of writes that a test knows beforehand */

/* Switches, written while it runs: by the loader, or by a test from the host. */
__u32 stall; /* not 0: no user task gets a CPU; the watchdog steps in unless it is set back before */
__u32 crash; /* not 0: end with an error at the next decision */

/*
 * Of the held tasks. Written without a lock: a task let go a moment early or late does no harm. Not static: the compiler would
 * shrink any_held to a byte, which the kernel then compares with its type.
 */
__u32 any_held;	 /* the queue has been used */
__s32 held_cpu;	 /* where the last of them would run */
__u64 let_go_at; /* when those starved may run again */

__u32 next_cpu, next_drop; /* turn counters */

/* Written once by exit; the kind last, so that a reader who sees it sees all. */
struct exit_report {
	__u32 kind;
	char reason[128];
	char msg[1024];
	char dump[EXIT_DUMP_LEN];
} exit_report SEC(".data.exit");

static __always_inline void count(__u64 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

static __always_inline void count32(__u32 *counter)
{
	__sync_fetch_and_add(counter, 1);
}

static __always_inline bool crash_asked(void)
{
	static char message[] = "ktstr: host-triggered crash";

	if (!*(volatile __u32 *)&crash)
		return false;
	scheduler_error(message);
	return true;
}

/*
 * Kernel threads are served always: the watchdog itself runs in one, and should name a user's task. So is process 1, which
 * in a test is the one that has to tell the host what became of the others.
 */
static __always_inline bool is_user(const struct task_struct *p)
{
	return !(p->flags & PF_KTHREAD) && p->pid != 1;
}

static __always_inline bool stalled(const struct task_struct *p)
{
	return *(volatile __u32 *)&stall && is_user(p);
}

static __always_inline bool starved(const struct task_struct *p)
{
	__u64 comm[2] = {};

	if (!starve_comm[0])
		return false;
	bpf_probe_read_kernel_str(comm, sizeof(comm), p->comm);
	return comm[0] == starve_comm[0] && comm[1] == starve_comm[1];
}

/* A lone beater is the only writer, so each beat is one write. */
static __always_inline void beat(const struct task_struct *p)
{
	__u64 comm[2] = {};

	if (beats >= beat_limit)
		return;
	bpf_probe_read_kernel_str(comm, sizeof(comm), p->comm);
	if (comm[0] == 0x726574616562ULL) /* "beater" and NUL, little endian */
		count32(&beats);
}

/* Whether some other fate than the shared queue awaits the task. */
static __always_inline bool mistreated(const struct task_struct *p)
{
	return stalled(p) || starved(p) || (ignore_cpumask && is_user(p));
}

static __always_inline void hold(struct task_struct *p, __u64 enq_flags)
{
	__u64 now = bpf_ktime_get_ns();

	if (now >= let_go_at + LET_GO_NS)
		let_go_at = now + starve_ns;
	held_cpu = scx_bpf_task_cpu(p);
	any_held = 1;
	dsq_insert(p, HELD_DSQ, slice_ns, enq_flags);
}

/* Gives the CPU to a held task whose time has come; one that may not run here gets its own CPU woken. */
static __always_inline bool let_go(void)
{
	if (!any_held || *(volatile __u32 *)&stall)
		return false;
	if (starve_comm[0] && bpf_ktime_get_ns() < let_go_at)
		return false;
	if (dsq_move_to_local(HELD_DSQ))
		return true;
	if (scx_bpf_dsq_nr_queued(HELD_DSQ) > 0)
		scx_bpf_kick_cpu(held_cpu, SCX_KICK_IDLE);
	return false;
}

/* Under cpu_limit: the CPU below it where a task goes, or -1 when it may run on none of them. */
static __always_inline __s32 cpu_below_limit(const struct task_struct *p)
{
	__s32 turn = __sync_fetch_and_add(&next_cpu, 1) % cpu_limit;
	__s32 first;

	if (bpf_cpumask_test_cpu(turn, p->cpus_ptr))
		return turn;
	first = bpf_cpumask_first(p->cpus_ptr);
	return first < (__s32)cpu_limit ? first : -1;
}

SEC("struct_ops/ktstr_select_cpu")
__s32 BPF_PROG(ktstr_select_cpu, struct task_struct *p, __s32 prev_cpu, __u64 wake_flags)
{
	bool is_idle = false;
	__s32 cpu;

	beat(p);
	if (cpu_limit) {
		cpu = cpu_below_limit(p);
		return cpu < 0 ? prev_cpu : cpu;
	}
	cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);
	if (is_idle && !slow && !mistreated(p)) {
		count(&nr_dispatched);
		count(&nr_direct);
		dsq_insert(p, SCX_DSQ_LOCAL, slice_ns, 0);
	}
	return cpu;
}

SEC("struct_ops/ktstr_enqueue")
void BPF_PROG(ktstr_enqueue, struct task_struct *p, __u64 enq_flags)
{
	if (crash_asked())
		return;
	if (stalled(p)) {
		count(&nr_stalled);
		hold(p, enq_flags);
		return;
	}
	if (starved(p)) {
		count(&nr_starved);
		hold(p, enq_flags);
		return;
	}
	if (drop_one_in && is_user(p) && __sync_fetch_and_add(&next_drop, 1) % drop_one_in == drop_one_in - 1) {
		count(&nr_dropped);
		return;
	}
	if (ignore_cpumask && is_user(p)) {
		__u64 cpu = __sync_fetch_and_add(&next_cpu, 1) % nr_cpus;

		count(&nr_dispatched);
		dsq_insert(p, SCX_DSQ_LOCAL_ON | cpu, slice_ns, enq_flags);
		return;
	}
	if (cpu_limit) {
		__s32 cpu = cpu_below_limit(p);

		if (cpu < 0) {
			count(&nr_dispatched);
			dsq_insert(p, SCX_DSQ_LOCAL, slice_ns, enq_flags);
			return;
		}
		scx_bpf_kick_cpu(cpu, SCX_KICK_IDLE);
	}
	if (lifo) {
		enq_flags |= bpf_core_enum_value(enum scx_enq_flags, SCX_ENQ_HEAD);
		/* Behind those that put themselves in front again and again, they would wait forever. */
		if (!is_user(p)) {
			count(&nr_dispatched);
			dsq_insert(p, SCX_DSQ_LOCAL, slice_ns, enq_flags);
			return;
		}
	}
	count(&nr_enqueued);
	dsq_insert(p, SHARED_DSQ, slice_ns, enq_flags);
}

/* One round of the work that --slow adds: a call through a pointer. */
static long spin(__u32 round, void *context)
{
	return 0;
}

/*
 * Food for the verifier. It knows the bounds and the counters, which are kept from the optimizer, so it follows every
 * round, and the log of a rejected program has them all.
 */
static __always_inline void walk(__u32 blocks)
{
	for (__u32 i = 0; i < blocks; i++) {
		barrier_var(i);
		for (__u32 j = 0; j < VERIFY_BLOCK; j++)
			barrier_var(j);
	}
}

/* A queue's depth, used as an index that nothing bounds. */
static __always_inline void overreach(void)
{
	volatile __u8 *byte = (volatile __u8 *)exit_report.msg;

	byte[scx_bpf_dsq_nr_queued(SHARED_DSQ)] = 0;
}

SEC("struct_ops/ktstr_dispatch")
void BPF_PROG(ktstr_dispatch, __s32 cpu, struct task_struct *prev)
{
	if (verify_blocks)
		walk(verify_blocks);
	if (fail_verify)
		overreach();
	if (crash_asked())
		return;
	if (slow)
		bpf_loop(slow_spins, spin, NULL, 0);
	if (let_go() || ((!cpu_limit || cpu < (__s32)cpu_limit) && dsq_move_to_local(SHARED_DSQ)))
		count(&nr_dispatched);
}

/* Sleepable, for making a queue allocates. */
SEC("struct_ops.s/ktstr_init")
__s32 BPF_PROG(ktstr_init)
{
	__s32 err = scx_bpf_create_dsq(SHARED_DSQ, -1);

	return err ? err : scx_bpf_create_dsq(HELD_DSQ, -1);
}

SEC("struct_ops/ktstr_exit")
void BPF_PROG(ktstr_exit, struct scx_exit_info *ei)
{
	bpf_probe_read_kernel_str(exit_report.reason, sizeof(exit_report.reason), ei->reason);
	bpf_probe_read_kernel_str(exit_report.msg, sizeof(exit_report.msg), ei->msg);
	bpf_probe_read_kernel_str(exit_report.dump, sizeof(exit_report.dump), ei->dump);
	/* An atomic exchange is a full barrier: the texts above are visible first. */
	__sync_lock_test_and_set(&exit_report.kind, ei->kind);
}

SEC(".struct_ops.link")
struct sched_ext_ops ktstr_ops = {
	.select_cpu = (void *)ktstr_select_cpu,
	.enqueue = (void *)ktstr_enqueue,
	.dispatch = (void *)ktstr_dispatch,
	.init = (void *)ktstr_init,
	.exit = (void *)ktstr_exit,
	.timeout_ms = 5000,
	.exit_dump_len = EXIT_DUMP_LEN,
	.name = "ktstr",
};
