package acme;

import dev.ktstr.annotations.Scheduler;

/** What this project has schedulers for. No test is needed for the verifier to look at them. */
final class Schedulers {
    private Schedulers() {}

    @Scheduler(name = "scx-ktstr", binary = "scx-ktstr")
    interface Plain {}

    /** The same program with a loop that the verifier walks round by round. */
    @Scheduler(name = "scx-loop", binary = "scx-ktstr", schedArgs = "--verify-loop=5000")
    interface Looping {}
}
