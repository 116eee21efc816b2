package dev.ktstr;

import dev.ktstr.snapshot.Sample;
import dev.ktstr.snapshot.SampleSeries;
import dev.ktstr.snapshot.Snapshot;
import dev.ktstr.snapshot.SnapshotException;
import java.nio.file.Path;
import java.util.List;

/**
 * What a run has left when its guest has ended, for the method that {@code postVm} names. What that method throws, and the claims
 * that do not hold, fail the test.
 */
public final class VmResult {
    private final SampleSeries samples;
    private final List<String> details;
    private final List<CgroupStats> stats;
    private final String schedulerLog;
    private final Path folder;
    private final Claims claims;

    /**
     * Of a run.
     *
     * @param samples its captures
     * @param details what was wrong so far
     * @param folder where its files lie
     * @param claims for what the method claims
     */
    public VmResult(
            SampleSeries samples,
            List<String> details,
            List<CgroupStats> stats,
            String schedulerLog,
            Path folder,
            Claims claims) {
        this.samples = samples;
        this.details = List.copyOf(details);
        this.stats = List.copyOf(stats);
        this.schedulerLog = schedulerLog;
        this.folder = folder;
        this.claims = claims;
    }

    /** The captures, in the order in which they were taken. */
    public SampleSeries samples() {
        return samples;
    }

    /** The capture of a name. @throws SnapshotException naming those there are when there is none such */
    public Snapshot snapshot(String name) {
        return samples.samples().stream()
                .filter(sample -> sample.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new SnapshotException("no capture '" + name + "'; there are: "
                        + samples.samples().stream().map(Sample::name).toList()))
                .snapshot();
    }

    /** Collects claims; those that do not hold fail the test. */
    public Claims claims() {
        return claims;
    }

    /** Whether nothing was wrong so far. */
    public boolean passed() {
        return details.isEmpty();
    }

    /** What was wrong so far, a line each. */
    public List<String> details() {
        return details;
    }

    /** What the workers reported. */
    public List<CgroupStats> stats() {
        return stats;
    }

    /** What the scheduler has printed. */
    public String schedulerLog() {
        return schedulerLog;
    }

    /** The run's folder, with console and logs. */
    public Path folder() {
        return folder;
    }
}
