package dev.ktstr.run;

import java.util.List;

/**
 * An attribute that a test may have and that this version cannot act upon. It is never passed over in silence: where the
 * verdict would mean something else without it the variant is skipped, else the result says so.
 */
public enum Pending {
    /** A payload, or several beside the workers. */
    PAYLOAD("payload", true),
    /** Payloads beside the workers. */
    WORKLOADS("workloads", true),
    /** A test without a guest. */
    HOST_ONLY("hostOnly", true),
    /** Another stall threshold than the kernel's watchdog has by itself. */
    WATCHDOG_TIMEOUT("watchdogTimeoutS", true),
    /** A write into a scheduler's global. */
    BPF_MAP_WRITE("bpfMapWrite", true),
    /** Captures while the scenario runs. */
    NUM_SNAPSHOTS("numSnapshots", false),
    /** A check after the guest ended. */
    POST_VM("postVm", true),
    /** vCPUs pinned to host CPUs. */
    PERFORMANCE_MODE("performanceMode", true);

    private final String attribute;
    private final boolean skips;

    Pending(String attribute, boolean skips) {
        this.attribute = attribute;
        this.skips = skips;
    }

    /** Whether a variant with it is skipped; if not, its result holds {@link #line}. */
    public boolean skips() {
        return skips;
    }

    /** What the result says. */
    public String line() {
        return attribute + " is set, which this version cannot act upon yet"
                + (skips ? ": the variant is not run, for its verdict would not mean what the test says" : "");
    }

    /** The lines of those that make a variant a skip. */
    static List<String> skipping(List<Pending> pending) {
        return pending.stream().filter(Pending::skips).map(Pending::line).toList();
    }
}
