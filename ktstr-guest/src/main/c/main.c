/*
 * The agent: init of the guest. Mounts, says hello, and does what the host asks, in one thread that sleeps whenever it
 * can: what it does is seen by the scheduler under test.
 */
#include "com2.h"
#include "loop.h"
#include "mounts.h"
#include "scenario.h"
#include "shm.h"
#include "topology.h"
#include "util.h"
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* A crash of init is a kernel panic that names nothing; this names the signal. */
static void crashed(int number)
{
	if (getpid() == 1)
		fatal("%s", strsignal(number));
	signal(number, SIG_DFL);
	raise(number);
}

static void catch_crashes(void)
{
	static const int CRASHES[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
	for (size_t i = 0; i < sizeof(CRASHES) / sizeof(CRASHES[0]); i++)
		sigaction(CRASHES[i], &(struct sigaction){ .sa_handler = crashed, .sa_flags = SA_NODEFER }, NULL);
}

int main(void)
{
	if (getpid() != 1) {
		static const char LINE[] = "ktstr-agent is the init process of a ktstr guest; it does nothing elsewhere.\n";
		return write(STDERR_FILENO, LINE, sizeof(LINE) - 1) < 0 ? 2 : 1;
	}
	catch_crashes();
	mount_all();
	com2_open();
	shm_open_window();
	loop_init();
	struct calibration calibration = calibrate();
	scenario_init(&calibration);
	send_hello(&calibration);
	loop_forever();
}
