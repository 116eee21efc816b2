package acme;

import dev.ktstr.annotations.Scheduler;

/** The scheduler under test: found by name, started in the guest with its arguments. */
@Scheduler(name = "scx-ktstr", binary = "scx-ktstr", schedArgs = "--slow")
interface KtstrSched {}
