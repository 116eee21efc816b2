/*
 * By which cpuset a worker is judged. Each set that was ever in force has a number, and the word that workers read holds it,
 * together with the count of changes: so a worker notes a CPU under the set that was in force when it looked, however long it
 * is kept from running between looking and noting. While a set changes its union with the next one is in force.
 */
#include "crew_state.h"
#include <string.h>

#define UNJUDGED (WORKER_CPUSETS - 1) /* every CPU; for a crew that had more sets than there are numbers */

/* Rows beyond are never written; to look at them would give each worker pages for them. */
uint32_t crew_cpusets(const struct crew *crew)
{
	return crew->cpusets == UNJUDGED ? WORKER_CPUSETS : crew->cpusets;
}

static void to_set(const struct kt_i32_list *list, uint64_t set[WORKER_CPU_WORDS])
{
	memset(set, 0, WORKER_CPU_WORDS * sizeof(*set));
	for (uint32_t i = 0; i < list->n; i++)
		if (list->v[i] >= 0 && list->v[i] < (int)KT_MAX_CPUS)
			bit_set(set, list->v[i]);
}

static bool empty(const uint64_t set[WORKER_CPU_WORDS])
{
	for (int i = 0; i < (int)WORKER_CPU_WORDS; i++)
		if (set[i])
			return false;
	return true;
}

static uint32_t number_of(struct crew *crew, const uint64_t set[WORKER_CPU_WORDS])
{
	uint64_t(*allowed)[WORKER_CPU_WORDS] = crew->control->allowed;
	for (uint32_t i = 0; i < crew->cpusets; i++)
		if (!memcmp(allowed[i], set, sizeof(allowed[i])))
			return i;
	if (crew->cpusets == UNJUDGED)
		return UNJUDGED;
	memcpy(allowed[crew->cpusets], set, sizeof(allowed[0]));
	return crew->cpusets++;
}

static void enforce(struct crew *crew, const uint64_t set[WORKER_CPU_WORDS])
{
	uint32_t word = ++crew->cpuset_changes << 8 | number_of(crew, set);
	atomic_store_explicit(&crew->control->cpuset, word, memory_order_seq_cst);
}

void crew_cpuset_changing(struct crew *crew, const struct kt_i32_list *next)
{
	uint64_t set[WORKER_CPU_WORDS];
	const uint64_t *now = crew->control->allowed[atomic_load(&crew->control->cpuset) % WORKER_CPUSETS];
	to_set(next, set);
	if (empty(set) || empty(now))
		memset(set, 0, sizeof(set));
	else
		for (int i = 0; i < (int)WORKER_CPU_WORDS; i++)
			set[i] |= now[i];
	enforce(crew, set);
}

void crew_cpuset_changed(struct crew *crew, const struct kt_i32_list *now_allowed)
{
	uint64_t set[WORKER_CPU_WORDS];
	to_set(now_allowed, set);
	enforce(crew, set);
}
