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
#include <bpf/bpf_tracing.h>

#define SHARED_DSQ 0
#define EXIT_DUMP_LEN 32768

char _license[] SEC("license") = "GPL";

/* Fixed by the loader before load. */
const volatile __u64 slice_ns = 10 * 1000 * 1000;
/* Take the long way: no direct dispatch, and slow_spins rounds of work before a CPU takes a task. */
const volatile bool slow;
const volatile __u32 slow_spins = 200;

/* Counters. Atomic adds: several CPUs write them, and tests compare them. */
__u64 nr_enqueued;   /* tasks put into the shared queue */
__u64 nr_dispatched; /* tasks given to a CPU: from the shared queue, or directly */
__u64 nr_direct;     /* those of nr_dispatched that went directly to an idle CPU */
__u64 nr_stalled;    /* tasks left lying by stall */

/* Switches, written while it runs: by the loader, or by a test from the host. */
__u32 stall; /* not 0: user tasks are never queued again, until the watchdog steps in */
__u32 crash; /* not 0: end with an error at the next decision */

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

static __always_inline bool crash_asked(void)
{
	static char message[] = "ktstr: host-triggered crash";

	if (!*(volatile __u32 *)&crash)
		return false;
	scheduler_error(message);
	return true;
}

/* Kernel threads are served even then: the watchdog itself runs in one, and should name a user's task. */
static __always_inline bool left_lying(const struct task_struct *p)
{
	return *(volatile __u32 *)&stall && !(p->flags & PF_KTHREAD);
}

SEC("struct_ops/ktstr_select_cpu")
__s32 BPF_PROG(ktstr_select_cpu, struct task_struct *p, __s32 prev_cpu, __u64 wake_flags)
{
	bool is_idle = false;
	__s32 cpu = scx_bpf_select_cpu_dfl(p, prev_cpu, wake_flags, &is_idle);

	if (is_idle && !slow && !left_lying(p)) {
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
	if (left_lying(p)) {
		count(&nr_stalled);
		return;
	}
	count(&nr_enqueued);
	dsq_insert(p, SHARED_DSQ, slice_ns, enq_flags);
}

/* One round of the work that --slow adds: a call through a pointer. */
static long spin(__u32 round, void *context)
{
	return 0;
}

SEC("struct_ops/ktstr_dispatch")
void BPF_PROG(ktstr_dispatch, __s32 cpu, struct task_struct *prev)
{
	if (crash_asked())
		return;
	if (slow)
		bpf_loop(slow_spins, spin, NULL, 0);
	if (dsq_move_to_local(SHARED_DSQ))
		count(&nr_dispatched);
}

/* Sleepable, for making a queue allocates. */
SEC("struct_ops.s/ktstr_init")
__s32 BPF_PROG(ktstr_init)
{
	return scx_bpf_create_dsq(SHARED_DSQ, -1);
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
