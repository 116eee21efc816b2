package dev.ktstr;

/**
 * A payload that runs while the test does something else: {@code try (PayloadHandle fio = ctx.payload(Fio.class).start()) {…}}. What is wrong
 * with its end counts as that of a scenario does. One that nobody ended runs until the test's body returns. Used by the test's own thread.
 */
public interface PayloadHandle extends AutoCloseable {
    /** What its result is called: the payload's name and a number. */
    String name();

    /** Waits for its end, at the latest when its time is up; its result again when it has ended. */
    PayloadResult await();

    /** Ends it: SIGTERM, and SIGKILL two seconds later. That is no fault of its own. Its result again when it has ended. */
    PayloadResult stop();

    /** As {@link #stop()}. */
    @Override
    void close();
}
