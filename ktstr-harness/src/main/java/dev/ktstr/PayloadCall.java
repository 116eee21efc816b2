package dev.ktstr;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A payload about to be run: {@code ctx.payload(Fio.class).args("--runtime=5").run()}. An immutable value; get one from {@link
 * Ctx#payload}.
 */
public final class PayloadCall {
    private final String name;
    private final List<String> args;
    private final Optional<Duration> limit;
    private final Function<PayloadCall, PayloadResult> runner;
    private final Function<PayloadCall, PayloadHandle> starter;

    /**
     * For the harness.
     *
     * @param runner runs it
     * @param starter starts it
     */
    public PayloadCall(
            String name, Function<PayloadCall, PayloadResult> runner, Function<PayloadCall, PayloadHandle> starter) {
        this(name, List.of(), Optional.empty(), runner, starter);
    }

    private PayloadCall(
            String name,
            List<String> args,
            Optional<Duration> limit,
            Function<PayloadCall, PayloadResult> runner,
            Function<PayloadCall, PayloadHandle> starter) {
        this.name = name;
        this.args = List.copyOf(args);
        this.limit = limit;
        this.runner = runner;
        this.starter = starter;
    }

    /** The same with these arguments instead of the payload's {@code defaultArgs}. */
    public PayloadCall args(String... newArgs) {
        return new PayloadCall(name, List.of(newArgs), limit, runner, starter);
    }

    /**
     * The same, killed when it runs longer. By default it has the test's duration and some grace.
     *
     * @throws IllegalArgumentException when the time is not positive
     */
    public PayloadCall limit(Duration time) {
        if (time.isZero() || time.isNegative()) {
            throw new IllegalArgumentException("payload '" + name + "' needs some time to run in, got " + time);
        }
        return new PayloadCall(name, args, Optional.of(time), runner, starter);
    }

    /** Runs it and waits for its end; the test's {@code workloads} run beside it. */
    public PayloadResult run() {
        return runner.apply(this);
    }

    /** Starts it, and returns at once; the test's {@code workloads} do not run beside it. */
    public PayloadHandle start() {
        return starter.apply(this);
    }

    /** Name of the payload. */
    public String name() {
        return name;
    }

    /** Its arguments; empty for its own. */
    public List<String> args() {
        return args;
    }

    /** When it is killed; empty for the default. */
    public Optional<Duration> limit() {
        return limit;
    }
}
