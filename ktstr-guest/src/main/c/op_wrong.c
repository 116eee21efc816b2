/* What can be wrong with operations as values: found before anything is done. */
#include "op.h"
#include "cgroup.h"
#include "util.h"

#define MAX_NUMBER 65536 /* of CPUs and nodes; the kernel says which of them there are */

static bool numbers_wrong(const struct kt_i32_list *list)
{
	for (uint32_t i = 0; i < list->n; i++)
		if (list->v[i] < 0 || list->v[i] >= MAX_NUMBER)
			return true;
	return false;
}

static bool lists_wrong(const struct kt_cpu_list_list *lists)
{
	for (uint32_t i = 0; i < lists->n; i++)
		if (numbers_wrong(&lists->v[i].cpus))
			return true;
	return false;
}

static bool parameters_wrong(const struct kt_work_parameters *p)
{
	return p->burst_ns < 0 || p->sleep_ns < 0 || p->spin_iters < 0 || p->burst_iters < 0 || p->fan_out < 0 || p->size_kb < 0 ||
	       p->stride_bytes < 0 || p->operations < 0 || p->region_kb < 0 || p->touches < 0 || p->contenders < 0 ||
	       p->hold_iters < 0 || p->work_iters < 0;
}

const char *work_group_wrong(const struct kt_work_group *group, uint64_t *workers)
{
	if (group->workers < 0)
		return "a number of workers is negative";
	if (parameters_wrong(&group->parameters))
		return "a parameter of a work type is negative";
	if (group->kind == KT_WORK_KIND_SEQUENCE && !group->phases.n)
		return "a sequence has no phases";
	for (uint32_t p = 0; p < group->phases.n; p++)
		if (group->phases.v[p].duration_ns <= 0)
			return "a phase has no duration";
	if (group->kind == KT_WORK_KIND_CUSTOM && !group->command.n)
		return "a custom worker has no command";
	if (lists_wrong(&group->affinity))
		return "an affinity names a CPU that cannot be";
	if (numbers_wrong(&group->memory.nodes))
		return "a memory policy names a node that cannot be";
	*workers += (uint64_t)group->workers;
	return NULL;
}

const char *cgroup_plan_wrong(const struct kt_cgroup_plan *plan, uint64_t *workers)
{
	const char *wrong = NULL;
	if (!cgroup_valid(plan->name))
		return "it has no usable name for a cgroup";
	if (numbers_wrong(&plan->cpus) || numbers_wrong(&plan->mems))
		return "its cpuset names a CPU or node that cannot be";
	if (plan->cpu_weight < 0)
		return "its weight is negative";
	for (uint32_t g = 0; g < plan->works.n && !wrong; g++)
		wrong = work_group_wrong(&plan->works.v[g], workers);
	return wrong;
}

static const char *payload_wrong(const struct kt_payload_plan *plan)
{
	if (!plan->name[0] || !plan->argv.n || !plan->argv.v[0][0])
		return "a payload has no name or no program";
	if (plan->timeout_ns < 0 || plan->max_output < 0)
		return "a bound of a payload is negative";
	return plan->cgroup[0] && !cgroup_valid(plan->cgroup) ? "a payload has no usable name for its cgroup" : NULL;
}

/* Whether a part that it needs is not there. */
static bool incomplete(const struct kt_op_plan *op)
{
	switch (op->kind) {
	case KT_OP_KIND_ADD_CGROUP:
	case KT_OP_KIND_ADD_CGROUP_DEF:
		return op->def.n != 1;
	case KT_OP_KIND_SPAWN:
	case KT_OP_KIND_SPAWN_HOST:
		return op->works.n != 1;
	case KT_OP_KIND_RUN_PAYLOAD:
		return op->payload.n != 1;
	case KT_OP_KIND_WAIT_PAYLOAD:
	case KT_OP_KIND_KILL_PAYLOAD:
	case KT_OP_KIND_HOST_REQUEST:
		return !op->name[0];
	case KT_OP_KIND_SET_CPUSET:
		return !op->cpus.n;
	default:
		return false;
	}
}

static bool needs_cgroup(int32_t kind)
{
	switch (kind) {
	case KT_OP_KIND_REMOVE_CGROUP:
	case KT_OP_KIND_SET_CPUSET:
	case KT_OP_KIND_CLEAR_CPUSET:
	case KT_OP_KIND_SWAP_CPUSETS:
	case KT_OP_KIND_SPAWN:
	case KT_OP_KIND_STOP_CGROUP:
	case KT_OP_KIND_MOVE_ALL_TASKS:
	case KT_OP_KIND_FREEZE_CGROUP:
	case KT_OP_KIND_UNFREEZE_CGROUP:
		return true;
	default:
		return false;
	}
}

const char *op_wrong(const struct kt_op_plan *op, uint64_t *workers)
{
	const char *wrong = NULL;
	if (incomplete(op))
		return "a part of it is missing";
	if (needs_cgroup(op->kind) && !cgroup_valid(op->cgroup))
		return "it has no usable name for a cgroup";
	if (op->cgroup[0] && !cgroup_valid(op->cgroup))
		return "it has no usable name for a cgroup";
	if (op->kind == KT_OP_KIND_SWAP_CPUSETS && !cgroup_valid(op->other_cgroup))
		return "it has no usable name for its second cgroup";
	if (op->other_cgroup[0] && !cgroup_valid(op->other_cgroup))
		return "it has no usable name for its second cgroup";
	if (op->timeout_ns < 0)
		return "its time is negative";
	if (numbers_wrong(&op->cpus) || lists_wrong(&op->affinity))
		return "it names a CPU that cannot be";
	if (op->def.n)
		wrong = cgroup_plan_wrong(&op->def.v[0], workers);
	if (!wrong && op->works.n)
		wrong = work_group_wrong(&op->works.v[0], workers);
	if (!wrong && op->payload.n)
		wrong = payload_wrong(&op->payload.v[0]);
	return wrong;
}
