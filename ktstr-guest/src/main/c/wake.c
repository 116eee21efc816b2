#include "wake.h"
#include "arch.h"
#include "reply.h"
#include "shm.h"
#include "crew.h"
#include "topology.h"
#include "util.h"
#include "warm.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/random.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_ENTROPY 512
#define MAX_DELAY_NS NS_PER_S
#define AWAIT_NS (NS_PER_S / 4)

static int urandom = -1;

void wake_prepare(void)
{
	urandom = open("/dev/urandom", O_RDWR | O_CLOEXEC);
	if (urandom < 0)
		fatal("cannot open /dev/urandom: %s", strerror(errno));
}

/*
 * Between the hello and the first word of the host. A fork of a guest that sleeps begins with a timer's interrupt and all
 * that it sets off on every CPU, which an emulator must translate first; one that spins finds its wake-up at once. The
 * bound is for a host that is slow to freeze or to speak.
 */
void wake_await(void)
{
	for (int64_t until = now_ns() + AWAIT_NS; !shm_waiting() && now_ns() < until;)
		arch_relax();
}

/*
 * Mixes in what the host sent, counts it in full, and makes the generator take it at once (random(4)): every CPU's own
 * stream begins anew, and with it AT_RANDOM, address layout and boot_id of whatever is started or read from now on.
 */
static bool reseed(const struct kt_bytes *entropy)
{
	struct {
		struct rand_pool_info info;
		uint8_t bytes[MAX_ENTROPY];
	} pool = { .info = { .entropy_count = (int)entropy->n * 8, .buf_size = (int)entropy->n } };
	memcpy(pool.bytes, entropy->v, entropy->n);
	return !ioctl(urandom, RNDADDENTROPY, &pool) && !ioctl(urandom, RNDRESEEDCRNG);
}

/* Spins: to sleep would be to go through the scheduler and a timer, which takes an emulator longer than the delay. */
static void delay(int64_t ns)
{
	for (int64_t until = now_ns() + ns; now_ns() < until;)
		arch_relax();
}

/* With the speed as it is now. */
static void say_hello_again(const struct frame *frame)
{
	struct calibration calibration = calibrate();
	crew_init(calibration.cycles_per_ms);
	reply_hello(frame->request, &calibration);
}

void wake(const struct frame *frame)
{
	struct kt_arena arena = { 0 };
	struct kt_reader r = { frame->payload, frame->payload + frame->length, &arena };
	struct kt_wake ask;
	if (!kt_get_wake(&r, &ask) || ask.wall_ns < 0 || ask.entropy.n > MAX_ENTROPY || ask.delay_ns < 0 ||
	    ask.delay_ns > MAX_DELAY_NS) {
		reply_error(frame->request, "a wake-up cannot be decoded");
	} else if (clock_settime(CLOCK_REALTIME, &(struct timespec){ ask.wall_ns / NS_PER_S, ask.wall_ns % NS_PER_S })) {
		reply_error(frame->request, "cannot set the wall clock: %s", strerror(errno));
	} else if (!reseed(&ask.entropy)) {
		reply_error(frame->request, "cannot reseed the random number generator: %s", strerror(errno));
	} else {
		delay(ask.delay_ns);
		say_hello_again(frame);
	}
	kt_arena_free(&arena);
}

void wake_warm_up(const struct frame *frame)
{
	warm_up();
	say_hello_again(frame);
}
