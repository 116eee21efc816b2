/*
 * The first process of the nested lab: mounts what a JVM needs, loads the modules of /lab/modules in the order of their
 * names, runs the command of /lab/command (one word a line), and powers off.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORDS 256
#define MODULE_INIT_COMPRESSED_FILE 4 /* include/uapi/linux/module.h */

static void mount_on(const char *type, const char *where)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, NULL) != 0 && errno != EBUSY)
		printf("LAB ERROR mounting %s on %s: %s\n", type, where, strerror(errno));
}

static void load_modules(void)
{
	struct dirent **files;
	char path[512];
	int n = scandir("/lab/modules", &files, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (files[i]->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/lab/modules/%s", files[i]->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);
		int flags = strstr(path, ".ko.") ? MODULE_INIT_COMPRESSED_FILE : 0;
		if (fd < 0 || syscall(SYS_finit_module, fd, "", flags) != 0)
			printf("LAB ERROR loading %s: %s\n", path, strerror(errno));
		close(fd);
	}
}

static void run(void)
{
	static char *words[MOST_WORDS + 1];
	FILE *file = fopen("/lab/command", "r");
	size_t size = 0;
	char *line = NULL;
	int n = 0;

	while (file && n < MOST_WORDS && getline(&line, &size, file) > 0) {
		line[strcspn(line, "\n")] = 0;
		words[n++] = strdup(line);
	}
	if (n == 0 || chdir("/lab/work") != 0) {
		printf("LAB ERROR /lab/command or /lab/work is not there\n");
		return;
	}
	pid_t pid = fork();
	if (pid == 0) {
		setenv("HOME", "/lab/home", 1);
		setenv("PATH", "/lab/jre/bin:/usr/bin", 1);
		execv(words[0], words);
		printf("LAB ERROR running %s: %s\n", words[0], strerror(errno));
		_exit(127);
	}
	int status = -1, other;
	for (pid_t ended; (ended = wait(&other)) != pid; )
		if (ended < 0)
			break;
	status = other;
	printf("LAB STATUS %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

int main(void)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	mount_on("proc", "/proc");
	mount_on("sysfs", "/sys");
	mount_on("devtmpfs", "/dev");
	mount_on("tmpfs", "/tmp");
	mount_on("tmpfs", "/dev/shm");
	load_modules();
	run();
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
