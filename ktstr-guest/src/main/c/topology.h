/* The hello: what this guest is, read from sysfs. */
#ifndef KTSTR_TOPOLOGY_H
#define KTSTR_TOPOLOGY_H
#include <stdint.h>

/* What the calibration measured. */
struct calibration {
	int64_t spin_ns_per_unit;
	uint64_t cycles_per_ms;
};

/* Times the spin loop and the cycle counter. A few milliseconds. */
struct calibration calibrate(void);

/* Reads sysfs and sends the HELLO frame on COM2; fatal when that does not go out. */
void send_hello(const struct calibration *calibration);

/* Answers a request with the hello that was sent, but for what changes: the clock and the calibration. */
void reply_hello(uint32_t request, const struct calibration *calibration);
#endif
