package acme;

import dev.ktstr.annotations.Scheduler;

@Scheduler(name = "idle", binary = "scx_idle")
interface Idle {}
