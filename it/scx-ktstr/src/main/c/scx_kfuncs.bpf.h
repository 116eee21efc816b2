/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sched_ext's kernel functions, one name each over all kernels from 6.12 on.
 *
 *   6.12  scx_bpf_dispatch()              scx_bpf_consume()
 *   6.13  scx_bpf_dsq_insert()            scx_bpf_dsq_move_to_local()       the old names go away in 6.15
 *   6.19  scx_bpf_dsq_insert___v2()       .                                 returns whether the insert was accepted
 *   7.1   .                               scx_bpf_dsq_move_to_local___v2()  takes enqueue flags
 *
 * A weak extern that the kernel lacks resolves to 0, and the verifier prunes the branch that would call it. libbpf drops
 * everything from the last "___" on before it looks a name up, hence the "___weak" behind names that end in "___v2".
 */
#ifndef SCX_KFUNCS_BPF_H
#define SCX_KFUNCS_BPF_H

#include "scx_types.bpf.h"
#include <bpf/bpf_helpers.h>

__s32 scx_bpf_create_dsq(__u64 dsq_id, __s32 node) __ksym;
__s32 scx_bpf_select_cpu_dfl(struct task_struct *p, __s32 prev_cpu, __u64 wake_flags, bool *is_idle) __ksym;
__s32 scx_bpf_task_cpu(const struct task_struct *p) __ksym;
__s32 scx_bpf_dsq_nr_queued(__u64 dsq_id) __ksym;
void scx_bpf_kick_cpu(__s32 cpu, __u64 flags) __ksym;
bool bpf_cpumask_test_cpu(__u32 cpu, const struct cpumask *cpumask) __ksym;
__u32 bpf_cpumask_first(const struct cpumask *cpumask) __ksym;
void scx_bpf_error_bstr(char *fmt, unsigned long long *data, __u32 data__sz) __ksym;

bool scx_bpf_dsq_insert___v2___weak(struct task_struct *p, __u64 dsq_id, __u64 slice, __u64 enq_flags) __ksym __weak;
void scx_bpf_dsq_insert(struct task_struct *p, __u64 dsq_id, __u64 slice, __u64 enq_flags) __ksym __weak;
void scx_bpf_dispatch(struct task_struct *p, __u64 dsq_id, __u64 slice, __u64 enq_flags) __ksym __weak;

bool scx_bpf_dsq_move_to_local___v2___weak(__u64 dsq_id, __u64 enq_flags) __ksym __weak;
bool scx_bpf_dsq_move_to_local(__u64 dsq_id) __ksym __weak;
bool scx_bpf_consume(__u64 dsq_id) __ksym __weak;

/* Puts a task at the tail of a dispatch queue, to run for slice_ns once a CPU takes it. */
static __always_inline void dsq_insert(struct task_struct *p, __u64 dsq_id, __u64 slice_ns, __u64 enq_flags)
{
	if (bpf_ksym_exists(scx_bpf_dsq_insert___v2___weak))
		scx_bpf_dsq_insert___v2___weak(p, dsq_id, slice_ns, enq_flags);
	else if (bpf_ksym_exists(scx_bpf_dsq_insert))
		scx_bpf_dsq_insert(p, dsq_id, slice_ns, enq_flags);
	else
		scx_bpf_dispatch(p, dsq_id, slice_ns, enq_flags);
}

/* Moves the first task of a queue that may run on this CPU to the CPU's own queue; false when there is none. */
static __always_inline bool dsq_move_to_local(__u64 dsq_id)
{
	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local___v2___weak))
		return scx_bpf_dsq_move_to_local___v2___weak(dsq_id, 0);
	if (bpf_ksym_exists(scx_bpf_dsq_move_to_local))
		return scx_bpf_dsq_move_to_local(dsq_id);
	return scx_bpf_consume(dsq_id);
}

/* Ends the scheduler with an error; the kernel hands all tasks back to EEVDF. */
static __always_inline void scheduler_error(char *message)
{
	/* The format takes no argument, but the verifier wants a readable word. */
	unsigned long long no_args[1] = {};

	scx_bpf_error_bstr(message, no_args, sizeof(no_args));
}

#endif
