/*
 * A leader: a process whose threads are workers. Its first thread does no work; it makes threads when a crew asks, and ends
 * when the last of its crews has. Crews of one cgroup that name the same pcomm share a leader.
 */
#ifndef KTSTR_LEADER_H
#define KTSTR_LEADER_H
#include "worker_main.h"
#include <sys/types.h>

struct leader;

/* What a leader needs to know to make a crew's threads; in shared memory. */
struct leader_order {
	uint32_t workers;
	uint32_t group_size; /* bytes */
	const uint8_t *group; /* as on the wire: the leader's copy is its own */
	void *shared;
	struct worker_control *control;
	struct worker_log *logs;
	const int32_t *slots;
	struct worker_slot *first_slot;
};

/* The leader with that pcomm in that cgroup, made if it is not there; one of its own for pcomm "". NULL with errno. */
struct leader *leader_get(const char *pcomm, const char *comm, const char *cgroup);

/* Has it make the threads of one more crew. The order stays in place until the crew has ended. */
void leader_order(struct leader *leader, const struct leader_order *order);

/* One crew less to work; after the last the leader ends when its threads have. */
void leader_quit(struct leader *leader);

/* The crew is freed: so is the leader with its last, once it was reaped. */
void leader_put(struct leader *leader);

pid_t leader_pid(const struct leader *leader);
bool leader_gone(const struct leader *leader);

/* Whether crews of it are still at work. */
bool leader_needed(const struct leader *leader);

/* Its process was moved. */
void leader_moved(struct leader *leader, const char *cgroup);

/* The leader with that process id, noted as ended; NULL when it is none. */
struct leader *leader_reaped(pid_t pid);
#endif
