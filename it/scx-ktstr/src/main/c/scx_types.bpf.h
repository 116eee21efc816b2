/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The few kernel types this scheduler touches, declared by hand.
 *
 * Only names count: every access is relocated against the running kernel's BTF (CO-RE), so neither the offsets nor
 * the omitted members matter, and no vmlinux.h has to be generated for one particular kernel.
 */
#ifndef SCX_TYPES_BPF_H
#define SCX_TYPES_BPF_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
/* bpf_helper_defs.h names these two. */
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct cpumask {
	unsigned long bits[1];
};

struct task_struct {
	unsigned int flags;
	const struct cpumask *cpus_ptr;
	__s32 pid;
	char comm[16];
};

/* CO-RE tells an enum from an int, so it must be declared as one; errors start at 1024. */
enum scx_enq_flags {
	SCX_ENQ_HEAD = 16, /* the kernel's own number, which changes, is put in at load */
};

enum scx_exit_kind {
	SCX_EXIT_ERROR = 1024,
};

struct scx_exit_info {
	enum scx_exit_kind kind;
	const char *reason;
	char *msg;
	char *dump;
};

#pragma clang attribute pop

/*
 * libbpf copies this into the kernel's own sched_ext_ops member by member, by name; a member that the kernel lacks
 * must be zero. All of these exist since 6.12.
 */
struct sched_ext_ops {
	__s32 (*select_cpu)(struct task_struct *p, __s32 prev_cpu, __u64 wake_flags);
	void (*enqueue)(struct task_struct *p, __u64 enq_flags);
	void (*dispatch)(__s32 cpu, struct task_struct *prev);
	__s32 (*init)(void);
	void (*exit)(struct scx_exit_info *ei);
	__u32 timeout_ms;
	__u32 exit_dump_len;
	char name[128];
};

/* include/linux/sched.h */
#define PF_KTHREAD 0x00200000

/* include/linux/sched/ext.h: built-in queues have bit 63 set, the one of the local CPU has value 2. */
#define SCX_DSQ_LOCAL ((1ULL << 63) | 2)
/* The queue of the CPU whose number is in the low half. */
#define SCX_DSQ_LOCAL_ON ((1ULL << 63) | (1ULL << 62))
/* Wake the CPU if it is idle. */
#define SCX_KICK_IDLE 1

#endif
