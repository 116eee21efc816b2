#include "spawn.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void run_child(char *const argv[], int out, int status)
{
	sigset_t none;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	int null = open("/dev/null", O_RDWR);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	static char *const environment[] = { "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
					     "HOME=/root", "LANG=C.UTF-8", NULL };
	execvpe(argv[0], argv, environment);
	int error = errno;
	if (write(status, &error, sizeof(error)) < 0)
		_exit(126);
	_exit(127);
}

pid_t spawn(const struct kt_text_list *argv, int *output)
{
	if (!argv->n) {
		errno = EINVAL;
		return -1;
	}
	char **copy = calloc(argv->n + (size_t)1, sizeof(*copy));
	int out[2] = { -1, -1 }, status[2] = { -1, -1 }, error = 0;
	pid_t pid = -1;
	if (!copy || pipe2(out, O_CLOEXEC) || pipe2(status, O_CLOEXEC)) {
		error = errno;
	} else {
		memcpy(copy, argv->v, argv->n * sizeof(*copy));
		fcntl(out[0], F_SETFL, O_NONBLOCK);
		pid = fork();
		if (!pid)
			run_child(copy, out[1], status[1]);
		error = errno;
		close(status[1]);
		status[1] = -1;
		/* Closed by exec without a word, or exec's errno. */
		if (pid > 0 && read(status[0], &error, sizeof(error)) == (ssize_t)sizeof(error)) {
			waitpid(pid, NULL, 0);
			pid = -1;
		}
	}
	for (int i = 0; i < 2; i++)
		if (status[i] >= 0)
			close(status[i]);
	if (out[1] >= 0)
		close(out[1]);
	if (pid < 0 && out[0] >= 0)
		close(out[0]);
	*output = pid < 0 ? -1 : out[0];
	free(copy);
	errno = error;
	return pid;
}

void split_status(int status, int32_t *exit_code, int32_t *signal)
{
	*exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	*signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}
