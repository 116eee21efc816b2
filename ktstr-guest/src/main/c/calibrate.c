#include "arch.h"
#include "topology.h"
#include "util.h"

struct calibration calibrate(void)
{
	struct calibration best = { INT64_MAX, 1 };
	uint64_t x = 1;
	for (int round = 0; round < 4; round++) {
		uint64_t cycles = arch_cycles();
		int64_t start = now_ns();
		for (int i = 0; i < 32; i++)
			x = arch_spin_unit(x);
		int64_t ns = now_ns() - start;
		cycles = arch_cycles() - cycles;
		if (ns < 1)
			ns = 1;
		if (ns / 32 < best.spin_ns_per_unit) {
			best.spin_ns_per_unit = ns / 32;
			best.cycles_per_ms = (uint64_t)((double)cycles * NS_PER_MS / (double)ns);
		}
	}
	if (best.spin_ns_per_unit < 1)
		best.spin_ns_per_unit = 1;
	return best;
}
