package acme;

import dev.ktstr.annotations.Scheduler;

/**
 * The scheduler under test. With {@code --slow} every task goes through one queue that all CPUs share, for 20 ms at a time: still fair,
 * and with something to see.
 */
@Scheduler(name = "scx-ktstr", binary = "scx-ktstr", schedArgs = "--slow")
interface KtstrSched {}
