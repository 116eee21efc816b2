package dev.ktstr.snapshot;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Keeps the captures of one run by name. Safe from any thread. */
public final class SnapshotBridge {
    /** More than this of one run are refused: each holds a copy of every map. */
    public static final int MOST = 128;

    private final List<Sample> samples = new ArrayList<>();

    /**
     * Keeps a capture.
     *
     * @throws SnapshotException when there is one of that name already, or there are too many
     */
    public synchronized void keep(Sample sample) {
        check(sample.name());
        samples.add(sample);
    }

    /** Whether a capture of that name can be kept. @throws SnapshotException when it cannot */
    public synchronized void check(String name) {
        if (samples.size() >= MOST) {
            throw new SnapshotException("a run keeps at most " + MOST + " captures");
        }
        if (samples.stream().anyMatch(s -> s.name().equals(name))) {
            throw new SnapshotException("there is a capture '" + name + "' already");
        }
    }

    /** All, in the order in which they were taken. */
    public synchronized SampleSeries samples() {
        return new SampleSeries(
                samples.stream().sorted(Comparator.comparing(Sample::at)).toList());
    }
}
