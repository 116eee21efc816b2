/*
 * The rival of the boot benchmark: the least init there can be. Prints one line on the console and sleeps.
 */
#include <fcntl.h>
#include <unistd.h>

int main(void)
{
	static const char line[] = "rival-hello\n";
	int console = open("/dev/console", O_WRONLY);

	if (console < 0 || write(console, line, sizeof(line) - 1) < 0)
		return 1;
	for (;;)
		pause();
}
