package dev.ktstr.checks;

import java.util.Locale;

/**
 * What the host kept from the guest in a window of time.
 *
 * @param windowNs length of the window
 * @param waitedNs how long the thread of a vCPU was ready to run and had no CPU of the host; of the vCPU that waited longest
 * @param waits how often that thread was put on a CPU
 * @param stolenNs what was taken from the host itself, where it is a guest: steal time, the mean of its CPUs
 */
public record HostLoss(long windowNs, long waitedNs, long waits, long stolenNs) {
    /** Nothing was kept, or nothing is known. */
    public static final HostLoss NONE = new HostLoss(0, 0, 0, 0);

    /** What a vCPU lost: its wait and the steal, at most the whole window. */
    public long lostNs() {
        return Math.min(windowNs, waitedNs + stolenNs);
    }

    /** Share of the window that a vCPU lost, 0 to 1. */
    public double share() {
        return windowNs <= 0 ? 0 : (double) lostNs() / windowNs;
    }

    /** How long a wait was on average. Those that took no time count too, so this is too little rather than too much. */
    public double meanWaitNs() {
        return waits <= 0 ? 0 : (double) waitedNs / waits;
    }

    /** The evidence in words. */
    public String words() {
        String steal =
                stolenNs == 0 ? "" : String.format(Locale.ROOT, ", %.2fs were stolen from the host", stolenNs / 1e9);
        return String.format(
                Locale.ROOT,
                "the host kept a vCPU from running for %.2fs of %.2fs (its thread waited %.2fs for a host CPU%s)",
                lostNs() / 1e9,
                windowNs / 1e9,
                waitedNs / 1e9,
                steal);
    }
}
