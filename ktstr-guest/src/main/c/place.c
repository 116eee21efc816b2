#include "place.h"
#include "cgroup.h"
#include "util.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct place *places;

struct place *place_first(void)
{
	return places;
}

struct place *place_of(const char *name)
{
	struct place *place = places;
	while (place && strcmp(place->name, name))
		place = place->next;
	return place;
}

struct place *place_add(const char *name, int owner, bool made)
{
	struct place *place = calloc(1, sizeof(*place));
	if (!place)
		fatal("out of memory");
	*place = (struct place){ .next = places, .name = copy_text(name), .owner = owner, .made = made };
	places = place;
	return place;
}

void place_forget(struct place *place)
{
	struct place **link = &places;
	while (*link != place)
		link = &(*link)->next;
	*link = place->next;
	free(place->name);
	free(place->cpus.v);
	free(place);
}

void place_note_cpus(const char *name, const struct kt_i32_list *cpus)
{
	struct place *place = place_of(name);
	if (!place)
		return;
	free(place->cpus.v);
	place->cpus = (struct kt_i32_list){ 0, NULL };
	if (!cpus->n)
		return;
	place->cpus.v = calloc(cpus->n, sizeof(*cpus->v));
	if (!place->cpus.v)
		fatal("out of memory");
	memcpy(place->cpus.v, cpus->v, cpus->n * sizeof(*cpus->v));
	place->cpus.n = cpus->n;
}

/* What both lists hold, in place of `one`; all of `one` when they share nothing, as the kernel has it then. */
static void narrow(struct kt_i32_list *one, const struct kt_i32_list *by, struct kt_arena *arena)
{
	struct kt_i32_list both = { 0, kt_alloc(arena, one->n + (size_t)1, sizeof(*both.v)) };
	if (!both.v)
		fatal("out of memory");
	for (uint32_t i = 0; i < one->n; i++)
		for (uint32_t j = 0; j < by->n; j++)
			if (one->v[i] == by->v[j])
				both.v[both.n++] = one->v[i];
	if (!one->n)
		*one = *by;
	else if (both.n)
		*one = both;
}

struct kt_i32_list place_planned_cpus(const char *name, struct kt_arena *arena)
{
	struct kt_i32_list cpus = { 0, NULL };
	char above[CGROUP_NAME];
	snprintf(above, sizeof(above), "%s", name);
	for (char *end = above + strlen(above); end; end = strrchr(above, '/')) {
		*end = 0;
		const struct place *place = place_of(above);
		if (place && place->made) {
			narrow(&cpus, &place->cpus, arena);
		} else if (above[0]) {
			struct kt_i32_list others = cgroup_allowed_cpus(above, arena);
			narrow(&cpus, &others, arena);
			break;
		}
	}
	return cpus;
}
