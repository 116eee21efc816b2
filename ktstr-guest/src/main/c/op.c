#include "op.h"
#include "cgroup.h"
#include "event.h"
#include "payload.h"
#include "sched.h"
#include "util.h"
#include "world.h"
#include <stdio.h>

#define SCHED_NS (30 * NS_PER_S)

const char *op_name(int32_t kind)
{
	static const char *const NAMES[] = {
		[KT_OP_KIND_ADD_CGROUP] = "addCgroup",
		[KT_OP_KIND_ADD_CGROUP_DEF] = "addCgroupDef",
		[KT_OP_KIND_REMOVE_CGROUP] = "removeCgroup",
		[KT_OP_KIND_SET_CPUSET] = "setCpuset",
		[KT_OP_KIND_CLEAR_CPUSET] = "clearCpuset",
		[KT_OP_KIND_SWAP_CPUSETS] = "swapCpusets",
		[KT_OP_KIND_SPAWN] = "spawn",
		[KT_OP_KIND_STOP_CGROUP] = "stopCgroup",
		[KT_OP_KIND_SET_AFFINITY] = "setAffinity",
		[KT_OP_KIND_SPAWN_HOST] = "spawnHost",
		[KT_OP_KIND_MOVE_ALL_TASKS] = "moveAllTasks",
		[KT_OP_KIND_FREEZE_CGROUP] = "freezeCgroup",
		[KT_OP_KIND_UNFREEZE_CGROUP] = "unfreezeCgroup",
		[KT_OP_KIND_RUN_PAYLOAD] = "runPayload",
		[KT_OP_KIND_WAIT_PAYLOAD] = "waitPayload",
		[KT_OP_KIND_KILL_PAYLOAD] = "killPayload",
		[KT_OP_KIND_HOST_REQUEST] = "hostRequest",
		[KT_OP_KIND_START_SCHEDULER] = "startScheduler",
		[KT_OP_KIND_STOP_SCHEDULER] = "stopScheduler",
	};
	return NAMES[kind];
}

const char *op_subject(const struct kt_op_plan *op)
{
	switch (op->kind) {
	case KT_OP_KIND_ADD_CGROUP:
	case KT_OP_KIND_ADD_CGROUP_DEF:
		return op->def.n ? op->def.v[0].name : "";
	case KT_OP_KIND_RUN_PAYLOAD:
		return op->payload.n ? op->payload.v[0].name : "";
	case KT_OP_KIND_WAIT_PAYLOAD:
	case KT_OP_KIND_KILL_PAYLOAD:
	case KT_OP_KIND_HOST_REQUEST:
		return op->name;
	default:
		return op->cgroup;
	}
}

static bool need_cgroup(const char *name, char *error, size_t room)
{
	if (cgroup_exists(name))
		return true;
	snprintf(error, room, "there is no cgroup '%s'", name);
	return false;
}

static bool start(int owner, const struct kt_work_group *group, const char *cgroup, char *error, size_t room)
{
	struct team *team = world_start(owner, group, cgroup, error, room);
	if (team)
		world_release(team);
	return team;
}

/* All groups are started before the first is released: they run side by side. */
static bool add_cgroup_def(int owner, const struct kt_cgroup_plan *plan, char *error, size_t room)
{
	if (!world_make(owner, plan, error, room))
		return false;
	struct team *first = NULL;
	for (uint32_t g = 0; g < plan->works.n; g++) {
		struct team *team = world_start(owner, &plan->works.v[g], plan->name, error, room);
		if (!team)
			return false;
		first = first ? first : team;
	}
	for (struct team *team = world_next_in(plan->name, NULL); team; team = world_next_in(plan->name, team))
		if (!team->released)
			world_release(team);
	return true;
}

static bool swap_cpusets(const struct kt_op_plan *op, char *error, size_t room)
{
	struct kt_arena arena = { 0 };
	struct kt_i32_list one, other;
	bool ok = cgroup_own_cpus(op->cgroup, &one, &arena, error, room) &&
		  cgroup_own_cpus(op->other_cgroup, &other, &arena, error, room) &&
		  world_set_cpus(op->cgroup, &other, error, room) && world_set_cpus(op->other_cgroup, &one, error, room);
	kt_arena_free(&arena);
	return ok;
}

static bool set_affinity(const struct kt_op_plan *op, char *error, size_t room)
{
	struct team *team = world_next_in(op->cgroup, NULL);
	if (!team) {
		snprintf(error, room, "no workers run in this cgroup");
		return false;
	}
	for (; team; team = world_next_in(op->cgroup, team))
		if (!crew_set_affinity(team->crew, &op->affinity, error, room))
			return false;
	return true;
}

static bool run(const struct kt_op_plan *op, struct op_place at, char *error, size_t room)
{
	static const struct kt_i32_list NONE;
	int64_t sched_ns = op->timeout_ns > 0 ? op->timeout_ns : SCHED_NS;
	switch (op->kind) {
	case KT_OP_KIND_ADD_CGROUP:
		return world_make(at.owner, &op->def.v[0], error, room);
	case KT_OP_KIND_ADD_CGROUP_DEF:
		return add_cgroup_def(at.owner, &op->def.v[0], error, room);
	case KT_OP_KIND_REMOVE_CGROUP:
		return world_remove(op->cgroup, error, room);
	case KT_OP_KIND_SET_CPUSET:
		return need_cgroup(op->cgroup, error, room) && world_set_cpus(op->cgroup, &op->cpus, error, room);
	case KT_OP_KIND_CLEAR_CPUSET:
		return need_cgroup(op->cgroup, error, room) && world_set_cpus(op->cgroup, &NONE, error, room);
	case KT_OP_KIND_SWAP_CPUSETS:
		return need_cgroup(op->cgroup, error, room) && need_cgroup(op->other_cgroup, error, room) &&
		       swap_cpusets(op, error, room);
	case KT_OP_KIND_SPAWN:
		return start(at.owner, &op->works.v[0], op->cgroup, error, room);
	case KT_OP_KIND_SPAWN_HOST:
		return start(at.owner, &op->works.v[0], "", error, room);
	case KT_OP_KIND_STOP_CGROUP:
		if (!need_cgroup(op->cgroup, error, room))
			return false;
		world_stop_in(op->cgroup);
		return true;
	case KT_OP_KIND_SET_AFFINITY:
		return set_affinity(op, error, room);
	case KT_OP_KIND_MOVE_ALL_TASKS:
		return need_cgroup(op->cgroup, error, room) && need_cgroup(op->other_cgroup, error, room) &&
		       world_move_all(op->cgroup, op->other_cgroup, error, room);
	case KT_OP_KIND_FREEZE_CGROUP:
	case KT_OP_KIND_UNFREEZE_CGROUP:
		return need_cgroup(op->cgroup, error, room) &&
		       world_freeze(at.owner, op->cgroup, op->kind == KT_OP_KIND_FREEZE_CGROUP, op->timeout_ns, error, room);
	case KT_OP_KIND_RUN_PAYLOAD:
		return payload_start(&op->payload.v[0], at.owner, at.index, error, room);
	case KT_OP_KIND_WAIT_PAYLOAD:
		return payload_wait(op->name, op->timeout_ns, error, room);
	case KT_OP_KIND_KILL_PAYLOAD:
		return payload_kill(op->name, error, room);
	case KT_OP_KIND_HOST_REQUEST:
		return event_ask_host(op->name, op->timeout_ns, error, room);
	case KT_OP_KIND_START_SCHEDULER:
		return sched_start_again(sched_ns, error, room);
	case KT_OP_KIND_STOP_SCHEDULER:
		return sched_stop_for_now(sched_ns, error, room);
	default:
		snprintf(error, room, "this operation is not known");
		return false;
	}
}

bool op_run(const struct kt_op_plan *op, struct op_place at, char *error, size_t room)
{
	int64_t started = now_ns();
	if (!run(op, at, error, room))
		return false;
	event_send(world_step(at.owner), at.index, op_name(op->kind), op_subject(op), started, now_ns());
	return true;
}
