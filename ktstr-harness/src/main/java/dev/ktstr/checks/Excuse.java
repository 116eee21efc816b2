package dev.ktstr.checks;

import java.util.function.Predicate;

/**
 * What would explain a violation: that the host kept enough from the guest in a window. Every rule asks for two things, so
 * that a busy host does not hide what the scheduler did: the host's share must be at least half of what was measured, and
 * without it the limit would have held.
 *
 * @param fromNs begin of the window, {@code CLOCK_MONOTONIC} of the guest
 * @param toNs its end
 * @param enough whether a loss in that window explains the violation
 */
public record Excuse(long fromNs, long toNs, Predicate<HostLoss> enough) {
    /** Less than this of a window cannot touch one wake in a hundred. */
    private static final double ONE_IN_A_HUNDRED = 0.01;

    /** A worker that did nothing at all was not late: the host must have kept nearly the whole window. */
    private static final double NEARLY_ALL = 0.9;

    /** For a worker without work. */
    static Excuse nothingDone(long fromNs, long toNs) {
        return new Excuse(fromNs, toNs, loss -> loss.share() >= NEARLY_ALL);
    }

    /** For a time that took too long. */
    static Excuse tooLong(long fromNs, long toNs, double limitNs) {
        long length = toNs - fromNs;
        return new Excuse(fromNs, toNs, loss -> 2 * loss.lostNs() >= length && length - loss.lostNs() <= limitNs);
    }

    /** For a ratio that is too large; {@code measured} and {@code limit} are shares of the window, or move as they do. */
    static Excuse tooMuch(long fromNs, long toNs, double measured, double limit) {
        return new Excuse(fromNs, toNs, loss -> 2 * loss.share() >= measured && measured - loss.share() <= limit);
    }

    /** For a rate that is too low: what was kept from the vCPU counted as time of the worker's. */
    static Excuse tooSlow(long fromNs, long toNs, double rate, double least) {
        return new Excuse(fromNs, toNs, loss -> loss.share() < 1 && rate / (1 - loss.share()) >= least);
    }

    /** For wakes that took too long: waits for the host must be common enough to be among them, and long enough. */
    static Excuse lateWakes(long fromNs, long toNs, double measuredNs) {
        return new Excuse(
                fromNs, toNs, loss -> loss.share() >= ONE_IN_A_HUNDRED && 2 * loss.meanWaitNs() >= measuredNs);
    }
}
