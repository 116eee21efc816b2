#include "settle.h"
#include <errno.h>
#include <linux/mempolicy.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SCHED_EXT
#define SCHED_EXT 7
#endif
#ifndef SCHED_DEADLINE
#define SCHED_DEADLINE 6
#endif
#define FLAG_RESET_ON_FORK 1 /* SCHED_FLAG_RESET_ON_FORK, linux/sched.h */

/* sched_setattr(2); the C library's is too new to be there everywhere. */
struct attributes {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static const struct policy {
	const char *name;
	uint32_t number;
} POLICIES[] = {
	[KT_POLICY_KIND_NORMAL] = { "SCHED_OTHER", SCHED_OTHER }, [KT_POLICY_KIND_BATCH] = { "SCHED_BATCH", SCHED_BATCH },
	[KT_POLICY_KIND_IDLE] = { "SCHED_IDLE", SCHED_IDLE },     [KT_POLICY_KIND_FIFO] = { "SCHED_FIFO", SCHED_FIFO },
	[KT_POLICY_KIND_ROUND_ROBIN] = { "SCHED_RR", SCHED_RR },  [KT_POLICY_KIND_DEADLINE] = { "SCHED_DEADLINE", SCHED_DEADLINE },
	[KT_POLICY_KIND_EXT] = { "SCHED_EXT", SCHED_EXT },
};

static const struct memory_mode {
	const char *name;
	int number;
} MEMORY_MODES[] = {
	[KT_MEMORY_MODE_DEFAULT] = { "MPOL_DEFAULT", 0 },
	[KT_MEMORY_MODE_PREFERRED] = { "MPOL_PREFERRED", 1 },
	[KT_MEMORY_MODE_BIND] = { "MPOL_BIND", 2 },
	[KT_MEMORY_MODE_INTERLEAVE] = { "MPOL_INTERLEAVE", 3 },
	[KT_MEMORY_MODE_LOCAL] = { "MPOL_LOCAL", 4 },
	[KT_MEMORY_MODE_PREFERRED_MANY] = { "MPOL_PREFERRED_MANY", 5 },
	[KT_MEMORY_MODE_WEIGHTED_INTERLEAVE] = { "MPOL_WEIGHTED_INTERLEAVE", 6 },
};

void format_list(const struct kt_i32_list *list, char *to, size_t room)
{
	size_t used = 0;
	to[0] = 0;
	for (uint32_t i = 0; i < list->n && used < room;) {
		uint32_t last = i;
		while (last + 1 < list->n && list->v[last + 1] == list->v[last] + 1)
			last++;
		int n = snprintf(to + used, room - used, last > i ? "%s%d-%d" : "%s%d", i ? "," : "", list->v[i], list->v[last]);
		used += n > 0 ? (size_t)n : room;
		i = last + 1;
	}
}

static const char *policy_hint(const struct kt_policy_plan *plan, int error)
{
	if (error == EBUSY)
		return "; the deadline bandwidth that is left does not cover it (sched_rt_runtime_us, /proc/sys/kernel)";
	if (error == EPERM && plan->kind == KT_POLICY_KIND_DEADLINE)
		return "; a deadline task must be allowed on every CPU of its root domain, and needs CAP_SYS_NICE";
	if (error == EPERM)
		return "; it needs CAP_SYS_NICE, and in a cgroup of a kernel with RT_GROUP_SCHED cpu.rt_runtime_us";
	if (error == EINVAL && plan->kind == KT_POLICY_KIND_DEADLINE)
		return "; 1024 ns <= runtime <= deadline <= period must hold";
	if (error == EINVAL && plan->kind == KT_POLICY_KIND_EXT)
		return "; the kernel has no sched_ext";
	return "";
}

static void settle_policy(struct worker *w)
{
	const struct kt_policy_plan *plan = &w->group->policy;
	const struct policy *policy = &POLICIES[plan->kind];
	struct attributes a = { .size = sizeof(a), .policy = policy->number, .nice = w->group->nice };
	if (plan->kind == KT_POLICY_KIND_FIFO || plan->kind == KT_POLICY_KIND_ROUND_ROBIN)
		a.priority = (uint32_t)plan->priority;
	if (plan->kind == KT_POLICY_KIND_DEADLINE) {
		a.runtime = (uint64_t)plan->runtime_ns;
		a.deadline = (uint64_t)plan->deadline_ns;
		a.period = (uint64_t)plan->period_ns;
		/* A deadline task may not fork unless its children are none. */
		if (w->group->kind == KT_WORK_KIND_FORK_EXIT)
			a.flags = FLAG_RESET_ON_FORK;
	}
	if (!syscall(SYS_sched_setattr, 0, &a, 0))
		return;
	int error = errno;
	char detail[128] = "";
	if (a.priority)
		snprintf(detail, sizeof(detail), ", priority %d", plan->priority);
	if (a.runtime)
		snprintf(detail, sizeof(detail), ", runtime %lld ns, deadline %lld ns, period %lld ns", (long long)plan->runtime_ns,
			 (long long)plan->deadline_ns, (long long)plan->period_ns);
	worker_fail(w, "setting policy %s%s, nice %d: %s%s", policy->name, detail, w->group->nice, strerror(error),
		    policy_hint(plan, error));
}

int settle_cpus(pid_t tid, const struct kt_i32_list *cpus)
{
	uint64_t set[WORKER_CPU_WORDS] = { 0 };
	for (uint32_t i = 0; i < cpus->n; i++) {
		if (cpus->v[i] < 0 || cpus->v[i] >= (int)KT_MAX_CPUS) {
			errno = EINVAL;
			return -1;
		}
		bit_set(set, cpus->v[i]);
	}
	if (!cpus->n)
		memset(set, 0xff, sizeof(set));
	return syscall(SYS_sched_setaffinity, tid, sizeof(set), set) < 0 ? -1 : 0;
}

static void settle_affinity(struct worker *w)
{
	const struct kt_cpu_list_list *lists = &w->group->affinity;
	if (!lists->n)
		return;
	const struct kt_i32_list *cpus = &lists->v[(uint32_t)w->index % lists->n].cpus;
	if (!settle_cpus(0, cpus))
		return;
	int error = errno;
	char text[128];
	format_list(cpus, text, sizeof(text));
	worker_fail(w, "setting affinity to CPUs %s: %s%s", text, strerror(error),
		    error == EINVAL ? "; none of them is in its cpuset and online" : "");
}

static void settle_memory(struct worker *w)
{
	const struct kt_memory_plan *plan = &w->group->memory;
	const struct memory_mode *mode = &MEMORY_MODES[plan->mode];
	if (plan->mode == KT_MEMORY_MODE_DEFAULT && !plan->nodes.n && !plan->flags)
		return;
	unsigned long nodes[WORKER_NODES / 64 + 1] = { 0 };
	char text[128];
	format_list(&plan->nodes, text, sizeof(text));
	for (uint32_t i = 0; i < plan->nodes.n; i++) {
		if (plan->nodes.v[i] < 0 || plan->nodes.v[i] >= WORKER_NODES)
			worker_fail(w, "memory policy %s: there is no node %d", mode->name, plan->nodes.v[i]);
		nodes[plan->nodes.v[i] / 64] |= 1ul << plan->nodes.v[i] % 64;
	}
	/* The kernel takes maxnode - 1 bits. */
	if (!syscall(SYS_set_mempolicy, mode->number | plan->flags, plan->nodes.n ? nodes : NULL, plan->nodes.n ? WORKER_NODES + 1ul : 0ul))
		return;
	int error = errno;
	worker_fail(w, "setting memory policy %s, flags 0x%x, nodes %s: %s%s", mode->name, (unsigned)plan->flags, text[0] ? text : "none",
		    strerror(error),
		    error == EINVAL  ? "; one of: a node without memory or outside cpuset.mems, a flag that does not go with the mode, a "
				       "mode newer than the kernel" :
		    error == ENOSYS ? "; the kernel has no CONFIG_NUMA" :
				      "");
}

void settle(struct worker *w)
{
	const char *comm = w->group->comm;
	prctl(PR_SET_NAME, comm[0] ? comm : "ktstr-worker");
	settle_memory(w);
	/* The CPUs before the policy: the kernel admits a deadline task by the CPUs it may use. */
	settle_affinity(w);
	settle_policy(w);
}
