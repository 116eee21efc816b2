#include "spawn.h"
#include "cgroup.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child says when it does not get as far as its program. */
struct failure {
	bool at_cgroup;
	int error;
};

static void give_up(int to, bool at_cgroup)
{
	struct failure failure = { at_cgroup, errno };
	_exit(write(to, &failure, sizeof(failure)) < 0 ? 126 : 127);
}

static void run_child(const struct spawn_how *how, char *const argv[], int out, int err, int status)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_DFL); /* fails for two, which are so already */
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL); /* without its agent nobody would end it */
	int null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	char why[300];
	if (how->cgroup && !cgroup_move(how->cgroup, getpid(), why, sizeof(why)))
		give_up(status, true);
	static char *const environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
					     "HOME=/root", "LANG=C.UTF-8", NULL };
	execvpe(argv[0], argv, environment);
	give_up(status, false);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* The pipe a program's output comes from. */
static bool make_pipe(int fds[2])
{
	return !pipe2(fds, O_CLOEXEC) && !fcntl(fds[0], F_SETFL, O_NONBLOCK);
}

pid_t spawn(const struct spawn_how *how, int *output, int *errors, char *error, size_t room)
{
	char **argv = calloc(how->argv->n + (size_t)1, sizeof(*argv));
	int out[2] = { -1, -1 }, err[2] = { -1, -1 }, status[2] = { -1, -1 };
	pid_t pid = -1;
	if (!argv || !how->argv->n || !make_pipe(out) || (how->split && !make_pipe(err)) || pipe2(status, O_CLOEXEC)) {
		snprintf(error, room, "preparing to start a program: %s", how->argv->n ? strerror(errno) : "it has no name");
	} else {
		memcpy(argv, how->argv->v, how->argv->n * sizeof(*argv));
		pid = fork();
		if (!pid)
			run_child(how, argv, out[1], how->split ? err[1] : out[1], status[1]);
		if (pid < 0)
			snprintf(error, room, "forking for %s: %s", argv[0], strerror(errno));
		close_one(&status[1]);
		/* Closed by exec without a word, or why there was none. */
		struct failure failure;
		if (pid > 0 && read(status[0], &failure, sizeof(failure)) == (ssize_t)sizeof(failure)) {
			waitpid(pid, NULL, 0);
			pid = -1;
			snprintf(error, room, failure.at_cgroup ? "moving %s to its cgroup: %s" : "cannot run %s: %s", argv[0],
				 strerror(failure.error));
		}
	}
	close_one(&status[0]);
	close_one(&status[1]);
	close_one(&out[1]);
	close_one(&err[1]);
	if (pid < 0) {
		close_one(&out[0]);
		close_one(&err[0]);
	}
	*output = out[0];
	if (errors)
		*errors = err[0];
	free(argv);
	return pid;
}

void split_status(int status, int32_t *exit_code, int32_t *signal)
{
	*exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	*signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
