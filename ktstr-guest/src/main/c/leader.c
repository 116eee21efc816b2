#include "leader.h"
#include "arena.h"
#include "work.h"
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STACK_SIZE (256 << 10)

/* Shared by agent and leader. */
struct mail {
	_Atomic uint32_t posted;  /* futex: orders ever posted, and one for the end */
	_Atomic uint32_t quit;    /* 1: end when the threads have */
	_Atomic uint32_t threads; /* futex: threads that have not ended */
	struct leader_order order; /* the last; the agent posts the next once this one's workers are ready */
};

struct leader {
	struct leader *next;
	struct mail *mail;
	pid_t pid;
	char *pcomm, *cgroup;
	int working, holders; /* crews that were not stopped; crews that were not freed */
	bool gone;
};

static struct leader *leaders;

/* A crew as its leader knows it. */
struct team {
	struct mail *mail;
	struct leader_order order;
	struct kt_arena arena;
	struct kt_work_group group;
	_Atomic uint32_t left; /* threads that still may use what the team shares */
};

struct thread {
	struct team *team;
	struct worker_start start;
};

static void leave(struct team *team)
{
	struct worker_control *control = team->order.control;
	struct mail *mail = team->mail;
	if (atomic_fetch_sub(&team->left, 1) == 1) {
		work_unshare(team->order.shared, &team->group, (int)team->order.workers);
		kt_arena_free(&team->arena);
		free(team);
	}
	/* From here on the agent may free the crew's memory. */
	atomic_fetch_add(&control->ended, 1);
	futex_wake_all(&control->ended);
	atomic_fetch_sub(&mail->threads, 1);
	futex_wake_all(&mail->threads);
}

static void *run_thread(void *argument)
{
	struct thread *thread = argument;
	struct team *team = thread->team;
	worker_main(&thread->start);
	free(thread);
	leave(team);
	return NULL;
}

/* A worker that never came to be: ready, so that nobody waits for it, and failed. */
static void refuse(struct team *team, uint32_t i, const char *what, int error)
{
	struct worker_log *log = &team->order.logs[i];
	snprintf(log->error, sizeof(log->error), error ? "%s: %s" : "%s", what, strerror(error));
	atomic_store(&team->order.first_slot[team->order.slots[i]].state, WORKER_FAILED);
	atomic_fetch_add(&team->order.control->ready, 1);
	futex_wake_all(&team->order.control->ready);
	leave(team);
}

static int start_thread(struct team *team, uint32_t i)
{
	struct thread *thread = malloc(sizeof(*thread));
	pthread_attr_t attributes;
	pthread_t id;
	if (!thread)
		return ENOMEM;
	*thread = (struct thread){ team,
				   { .group = &team->group, .shared = team->order.shared, .index = (int)i, .thread = true,
				     .slot = &team->order.first_slot[team->order.slots[i]], .control = team->order.control,
				     .log = &team->order.logs[i] } };
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, STACK_SIZE);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	int error = pthread_create(&id, &attributes, run_thread, thread);
	pthread_attr_destroy(&attributes);
	if (error)
		free(thread);
	return error;
}

static void start_team(struct mail *mail)
{
	struct team *team = calloc(1, sizeof(*team));
	char error[200] = "";
	if (!team)
		_exit(WORKER_FAILED_STATUS);
	team->mail = mail;
	team->order = mail->order;
	atomic_store(&team->left, team->order.workers);
	atomic_fetch_add(&mail->threads, team->order.workers);
	struct kt_reader r = { team->order.group, team->order.group + team->order.group_size, &team->arena };
	if (!kt_get_work_group(&r, &team->group))
		snprintf(error, sizeof(error), "its leader is out of memory");
	else if (!work_share(team->order.shared, &team->group, (int)team->order.workers, error, sizeof(error)) && !error[0])
		snprintf(error, sizeof(error), "what the group shares could not be made");
	uint32_t n = team->order.workers;
	for (uint32_t i = 0; i < n; i++) {
		int failed = error[0] ? 0 : start_thread(team, i);
		if (error[0] || failed)
			refuse(team, i, error[0] ? error : "creating its thread", failed);
	}
}

static void lead(struct mail *mail, const char *comm)
{
	uint32_t done = 0, threads;
	worker_signals();
	prctl(PR_SET_NAME, comm);
	for (;;) {
		uint32_t posted = atomic_load(&mail->posted);
		if (atomic_load(&mail->quit))
			break;
		if (posted != done) {
			start_team(mail);
			done = posted;
			continue;
		}
		futex_wait(&mail->posted, posted, NS_PER_S);
	}
	while ((threads = atomic_load(&mail->threads)))
		futex_wait(&mail->threads, threads, NS_PER_S);
	_exit(0);
}

static struct leader *find(const char *pcomm, const char *cgroup)
{
	for (struct leader *leader = leaders; leader; leader = leader->next)
		if (pcomm[0] && leader->working && !leader->gone && !strcmp(leader->pcomm, pcomm) && !strcmp(leader->cgroup, cgroup))
			return leader;
	return NULL;
}

static void forget(struct leader *leader)
{
	struct leader **link = &leaders;
	while (*link != leader)
		link = &(*link)->next;
	*link = leader->next;
	arena_free(leader->mail);
	free(leader->pcomm);
	free(leader->cgroup);
	free(leader);
}

struct leader *leader_get(const char *pcomm, const char *comm, const char *cgroup)
{
	struct leader *leader = find(pcomm, cgroup);
	if (!leader) {
		pid_t agent = getpid();
		leader = calloc(1, sizeof(*leader));
		if (!leader)
			return NULL;
		*leader = (struct leader){ .next = leaders, .mail = arena_alloc(sizeof(struct mail)), .pcomm = strdup(pcomm),
					   .cgroup = strdup(cgroup) };
		leaders = leader;
		leader->pid = leader->mail && leader->pcomm && leader->cgroup ? fork() : -1;
		if (!leader->pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			if (getppid() != agent)
				_exit(0);
			lead(leader->mail, pcomm[0] ? pcomm : comm[0] ? comm : "ktstr-worker");
		}
		if (leader->pid < 0) {
			int error = errno;
			forget(leader);
			errno = error;
			return NULL;
		}
	}
	leader->working++;
	leader->holders++;
	return leader;
}

void leader_order(struct leader *leader, const struct leader_order *order)
{
	leader->mail->order = *order;
	atomic_fetch_add(&leader->mail->posted, 1);
	futex_wake_all(&leader->mail->posted);
}

void leader_quit(struct leader *leader)
{
	if (--leader->working)
		return;
	atomic_store(&leader->mail->quit, 1);
	atomic_fetch_add(&leader->mail->posted, 1);
	futex_wake_all(&leader->mail->posted);
}

void leader_put(struct leader *leader)
{
	if (!--leader->holders)
		forget(leader);
}

pid_t leader_pid(const struct leader *leader)
{
	return leader->pid;
}

bool leader_gone(const struct leader *leader)
{
	return leader->gone;
}

bool leader_needed(const struct leader *leader)
{
	return leader->working > 0;
}

void leader_moved(struct leader *leader, const char *cgroup)
{
	char *copy = strdup(cgroup);
	if (!copy)
		fatal("out of memory");
	free(leader->cgroup);
	leader->cgroup = copy;
}

struct leader *leader_reaped(pid_t pid)
{
	for (struct leader *leader = leaders; leader; leader = leader->next)
		if (leader->pid == pid && !leader->gone) {
			leader->gone = true;
			return leader;
		}
	return NULL;
}
