package dev.ktstr.spec;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The version a kernel release starts with, ordered by age: 6.9 before 6.14-rc3 before 6.14 before 6.14.2.
 *
 * @param major the 6 of 6.14.2
 * @param minor the 14
 * @param patch the 2; 0 for the first release of a series, which kernel.org writes 6.14 and {@code uname -r} 6.14.0
 * @param rc number of the release candidate, or {@link #FINAL}
 */
public record KernelVersion(int major, int minor, int patch, int rc) implements Comparable<KernelVersion> {
    /** The {@code rc} of what is no release candidate; above every candidate. */
    public static final int FINAL = Integer.MAX_VALUE;

    private static final Pattern LEADING =
            Pattern.compile("(\\d{1,5})\\.(\\d{1,5})(?:\\.(\\d{1,5}))?(?:-rc(\\d{1,5}))?(?![0-9])");
    private static final Comparator<KernelVersion> AGE = Comparator.comparingInt(KernelVersion::major)
            .thenComparingInt(KernelVersion::minor)
            .thenComparingInt(KernelVersion::patch)
            .thenComparingInt(KernelVersion::rc);

    /**
     * Reads the version that a release starts with; what follows it ({@code +deb14-cloud-amd64}) is passed over.
     *
     * @return empty when the text does not start with a version
     */
    public static Optional<KernelVersion> leading(String release) {
        Matcher m = LEADING.matcher(release);
        if (!m.lookingAt()) {
            return Optional.empty();
        }
        return Optional.of(new KernelVersion(
                Integer.parseInt(m.group(1)),
                Integer.parseInt(m.group(2)),
                m.group(3) == null ? 0 : Integer.parseInt(m.group(3)),
                m.group(4) == null ? FINAL : Integer.parseInt(m.group(4))));
    }

    /** The series it belongs to, {@code 6.14}. */
    public String series() {
        return major + "." + minor;
    }

    /** Tells whether two versions are of one series. */
    public boolean sameSeries(KernelVersion other) {
        return major == other.major && minor == other.minor;
    }

    @Override
    public int compareTo(KernelVersion other) {
        return AGE.compare(this, other);
    }

    /** As kernel.org writes it: {@code 6.14}, {@code 6.14.2}, {@code 6.15-rc3}. */
    @Override
    public String toString() {
        return series() + (patch == 0 ? "" : "." + patch) + (rc == FINAL ? "" : "-rc" + rc);
    }
}
