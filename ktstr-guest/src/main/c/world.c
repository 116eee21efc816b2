#include "world.h"
#include "cgroup.h"
#include "event.h"
#include "loop.h"
#include "payload.h"
#include "place.h"
#include "reply.h"
#include "scenario.h"
#include "util.h"
#include <errno.h>
#include <stdio.h>

#define STOP_NS (5 * NS_PER_S)
#define FREEZE_NS (10 * NS_PER_S)
#define LOOK_NS NS_PER_MS
#define FRAME_BYTES (512u << 10) /* a frame of reports is sent when it has so many */

static struct team *teams;
static int last_handle;

int world_step(int owner)
{
	return owner >= 0 ? owner : -1;
}

bool world_make(int owner, const struct kt_cgroup_plan *plan, char *error, size_t room)
{
	char *name = copy_text(plan->name);
	bool ok = true;
	for (char *slash = strchr(name, '/'); ok && slash; slash = strchr(slash + 1, '/')) {
		*slash = 0;
		if (!cgroup_exists(name)) {
			ok = cgroup_make(name, error, room);
			if (ok)
				place_add(name, owner, true);
		}
		*slash = '/';
	}
	if (ok && place_of(name) && place_of(name)->made) {
		snprintf(error, room, "there is a cgroup of this name already");
		ok = false;
	}
	ok = ok && cgroup_make(name, error, room);
	if (ok) {
		place_add(name, owner, true);
		place_note_cpus(name, &plan->cpus);
	}
	free(name);
	return ok && cgroup_configure(plan, error, room);
}

/* Tells a crew what its cpuset is now. */
static void cpuset_is_now(struct team *team)
{
	struct kt_arena arena = { 0 };
	struct kt_i32_list cpus = place_planned_cpus(team->cgroup, &arena);
	crew_cpuset_changed(team->crew, &cpus);
	kt_arena_free(&arena);
}

struct team *world_start(int owner, const struct kt_work_group *group, const char *cgroup, char *error, size_t room)
{
	if (cgroup[0] && !cgroup_exists(cgroup)) {
		snprintf(error, room, "there is no such cgroup");
		return NULL;
	}
	struct crew *crew = crew_start(group, cgroup, error, room);
	if (!crew)
		return NULL;
	struct team *team = calloc(1, sizeof(*team));
	if (!team)
		fatal("out of memory");
	*team = (struct team){ .next = teams,
			       .crew = crew,
			       .owner = owner,
			       .handle = ++last_handle,
			       .request = owner == OWNER_LIVE ? 0 : event_current(),
			       .cgroup = copy_text(cgroup) };
	teams = team;
	cpuset_is_now(team);
	return team;
}

int64_t world_release(struct team *team)
{
	team->released = true;
	return crew_release(team->crew);
}

int64_t world_release_all(int owner)
{
	int64_t first = 0;
	for (struct team *team = teams; team; team = team->next)
		if (team->owner == owner && !team->released) {
			int64_t at = world_release(team);
			first = first ? first : at;
		}
	return first ? first : now_ns();
}

struct team *world_team(int handle)
{
	struct team *team = teams;
	while (team && (team->handle != handle || team->owner != OWNER_LIVE))
		team = team->next;
	return team;
}

struct team *world_next_in(const char *cgroup, struct team *after)
{
	struct team *team = after ? after->next : teams;
	while (team && strcmp(team->cgroup, cgroup))
		team = team->next;
	return team;
}

bool world_set_cpus(const char *cgroup, const struct kt_i32_list *cpus, char *error, size_t room)
{
	struct kt_arena arena = { 0 };
	place_note_cpus(cgroup, cpus);
	for (struct team *team = teams; team; team = team->next)
		if (cgroup_within(team->cgroup, cgroup)) {
			struct kt_i32_list next = place_planned_cpus(team->cgroup, &arena);
			crew_cpuset_changing(team->crew, &next);
		}
	bool ok = cgroup_set_cpus(cgroup, cpus, error, room);
	for (struct team *team = teams; team; team = team->next)
		if (cgroup_within(team->cgroup, cgroup))
			cpuset_is_now(team);
	kt_arena_free(&arena);
	return ok;
}

bool world_move_team(struct team *team, const char *to, char *error, size_t room)
{
	struct kt_arena arena = { 0 };
	struct kt_i32_list next = place_planned_cpus(to, &arena);
	crew_cpuset_changing(team->crew, &next);
	bool ok = crew_move(team->crew, to, error, room);
	kt_arena_free(&arena);
	if (ok) {
		free(team->cgroup);
		team->cgroup = copy_text(to);
	}
	cpuset_is_now(team);
	return ok;
}

bool world_move_all(const char *from, const char *to, char *error, size_t room)
{
	for (struct team *team = teams; team; team = team->next)
		if (!strcmp(team->cgroup, from) && !world_move_team(team, to, error, room))
			return false;
	payload_moved(from, to);
	return cgroup_move_all(from, to, error, room);
}

bool world_freeze(int owner, const char *cgroup, bool frozen, int64_t timeout_ns, char *error, size_t room)
{
	struct place *place = place_of(cgroup);
	if (!cgroup_freeze(cgroup, frozen, error, room))
		return false;
	if (!place)
		place = place_add(cgroup, owner, false);
	place->frozen = frozen;
	place->frozen_by = owner;
	int64_t deadline = deadline_after(timeout_ns > 0 ? timeout_ns : FREEZE_NS);
	while (cgroup_frozen(cgroup) != frozen && now_ns() < deadline && !scenario_ends_early())
		loop_turn(now_ns() + LOOK_NS);
	if (cgroup_frozen(cgroup) == frozen || scenario_ends_early())
		return true;
	snprintf(error, room, "the kernel does not say that it is %s after %lld ms", frozen ? "frozen" : "thawed",
		 (long long)((timeout_ns > 0 ? timeout_ns : FREEZE_NS) / NS_PER_MS));
	return false;
}

static void thaw(struct place *place)
{
	char why[300];
	if (place->frozen && !cgroup_freeze(place->name, false, why, sizeof(why)))
		say("cgroup '%s': %s", place->name, why);
	place->frozen = false;
}

/* What is frozen cannot end by itself. */
static void thaw_for(const struct team *team)
{
	for (struct place *place = place_first(); place; place = place->next)
		if (cgroup_within(team->cgroup, place->name))
			thaw(place);
}

static void send_reports(struct team *team)
{
	uint32_t request = team->request ? team->request : event_current();
	struct kt_writer w = { 0 };
	uint32_t n = 0, size = crew_size(team->crew);
	for (uint32_t i = 0; i < size; i++) {
		struct kt_worker_report report;
		if (!n)
			kt_put_raw(&w, &n, sizeof(n));
		crew_report(team->crew, i, world_step(team->owner), &report);
		kt_put_worker_report(&w, &report);
		n++;
		if (i + 1 < size && w.length < FRAME_BYTES)
			continue;
		if (!w.failed)
			memcpy(w.data, &n, sizeof(n));
		send_written(KT_MESSAGE_TYPE_WORKERS, request, &w);
		w = (struct kt_writer){ 0 };
		n = 0;
	}
}

/* Stops all teams that are marked, together, and sends their reports, the first started first. */
static void stop_marked(bool (*marked)(const struct team *, const void *), const void *which)
{
	int n = 0;
	for (struct team *team = teams; team; team = team->next)
		n += marked(team, which);
	struct crew **crews = calloc((size_t)n + 1, sizeof(struct crew *));
	struct team **stopped = calloc((size_t)n + 1, sizeof(struct team *));
	if (!crews || !stopped)
		fatal("out of memory");
	int at = n;
	for (struct team **link = &teams; *link;) {
		struct team *team = *link;
		if (!marked(team, which)) {
			link = &team->next;
			continue;
		}
		*link = team->next;
		thaw_for(team);
		crew_stop(team->crew);
		stopped[--at] = team;
		crews[at] = team->crew;
	}
	if (n)
		crew_await(crews, n, now_ns() + STOP_NS);
	for (int i = 0; i < n; i++) {
		send_reports(stopped[i]);
		crew_free(stopped[i]->crew);
		free(stopped[i]->cgroup);
		free(stopped[i]);
	}
	free(crews);
	free(stopped);
}

static bool is_team(const struct team *team, const void *which)
{
	return team == which;
}

static bool is_in(const struct team *team, const void *which)
{
	return cgroup_within(team->cgroup, which);
}

static bool is_of(const struct team *team, const void *which)
{
	return team->owner == *(const int *)which;
}

void world_stop_team(struct team *team)
{
	stop_marked(is_team, team);
}

void world_stop_in(const char *cgroup)
{
	payload_end_in(cgroup);
	stop_marked(is_in, cgroup);
	payload_await_ended();
}

void world_stop_owner(int owner)
{
	for (struct place *place = place_first(); place; place = place->next)
		if (place->frozen && place->frozen_by == owner)
			thaw(place);
	payload_end_owner(owner);
	stop_marked(is_of, &owner);
	payload_await_ended();
}

bool world_remove(const char *cgroup, char *error, size_t room)
{
	if (!cgroup_exists(cgroup)) {
		snprintf(error, room, "there is no such cgroup");
		return false;
	}
	world_stop_in(cgroup);
	for (struct place *place = place_first(), *next; place; place = next) {
		next = place->next;
		if (cgroup_within(place->name, cgroup))
			place_forget(place);
	}
	return cgroup_remove_tree(cgroup, error, room);
}

bool world_remove_owner(int owner, char *error, size_t room)
{
	bool ok = true;
	payload_forget_owner(owner);
	for (struct place *place = place_first(), *next; place; place = next) {
		char why[300];
		next = place->next;
		if (place->owner != owner)
			continue;
		if (place->made)
			world_stop_in(place->name); /* what others moved into it */
		if (place->made && !cgroup_remove_tree(place->name, why, sizeof(why))) {
			if (!error[0])
				snprintf(error, room, "cgroup '%s': %s", place->name, why);
			ok = false;
		}
		place_forget(place);
	}
	return ok;
}
