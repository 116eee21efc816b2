/*
 * The agent: init of the guest, or, on a host, an ordinary process that does the same. Mounts, says hello, and does what the host asks, in one thread that sleeps whenever it
 * can: what it does is seen by the scheduler under test.
 */
#include "arch.h"
#include "cgroup.h"
#include "com2.h"
#include "crew.h"
#include "loop.h"
#include "mounts.h"
#include "shm.h"
#include "topology.h"
#include "util.h"
#include "wake.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A crash of init is a kernel panic that names nothing; this names the signal, what was accessed, and where. */
static void crashed(int number, siginfo_t *info, void *context)
{
	if (agent_am_i())
		fatal("%s at %p, by the instruction at 0x%lx", strsignal(number), info->si_addr,
		      (unsigned long)arch_instruction(context));
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_crashes(void)
{
	static const int CRASHES[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	for (size_t i = 0; i < sizeof(CRASHES) / sizeof(CRASHES[0]); i++)
		sigaction(CRASHES[i],
			  &(struct sigaction){ .sa_sigaction = crashed, .sa_flags = SA_NODEFER | SA_SIGINFO }, NULL);
}

static void serve(void) __attribute__((noreturn));

static void serve(void)
{
	loop_init();
	struct calibration calibration = calibrate();
	crew_init(calibration.cycles_per_ms);
	if (getpid() == 1)
		wake_prepare();
	send_hello(&calibration);
	if (getpid() == 1)
		wake_await();
	loop_forever();
}

static void be_init(void) __attribute__((noreturn));

static void be_init(void)
{
	agent_is_me(NULL);
	catch_crashes();
	mount_all();
	com2_open();
	shm_open_window();
	serve();
}

static void remove_cgroups(void)
{
	char error[600];
	cgroup_kill("");
	if (!cgroup_remove_tree("", error, sizeof(error)))
		say("%s", error);
}

/* A handler rather than ignoring: what is started has the default again. */
static void survive(int number)
{
	(void)number;
}

static void be_on_host(const char *cgroup, const char *window) __attribute__((noreturn));

/*
 * On a host: nothing is mounted, all cgroups lie below one of its own, and it ends, with all it started and that cgroup, when
 * its standard input does. It has a session of its own, so that what is typed at the terminal does not end it before that.
 */
static void be_on_host(const char *cgroup, const char *window)
{
	static const int SURVIVED[] = { SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT };
	for (size_t i = 0; i < sizeof(SURVIVED) / sizeof(SURVIVED[0]); i++)
		sigaction(SURVIVED[i], &(struct sigaction){ .sa_handler = survive, .sa_flags = SA_RESTART }, NULL);
	setsid(); /* fails for who leads a process group, who has a session then */
	agent_is_me(NULL);
	catch_crashes();
	com2_use_stdio();
	cgroup_own_root(cgroup);
	agent_is_me(remove_cgroups);
	if (prctl(PR_SET_CHILD_SUBREAPER, 1))
		fatal("cannot become the parent of orphans: %s", strerror(errno));
	shm_open_file(window);
	serve();
}

int main(int argc, char **argv)
{
	if (getpid() == 1)
		be_init();
	if (argc == 6 && !strcmp(argv[1], "--host") && !strcmp(argv[2], "--cgroup") && !strcmp(argv[4], "--window"))
		be_on_host(argv[3], argv[5]);
	fputs("ktstr-agent is the init process of a ktstr guest. On a host: ktstr-agent --host --cgroup PATH --window FILE\n", stderr);
	return 1;
}
