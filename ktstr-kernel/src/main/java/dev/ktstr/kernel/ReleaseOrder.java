package dev.ktstr.kernel;

import dev.ktstr.spec.KernelSpec;
import java.util.Arrays;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compares kernels by age of their version: 6.9 before 6.14-rc3 before 6.14 before 6.14.2; then by when they were stored. */
final class ReleaseOrder {
    /** Oldest first. */
    static final Comparator<CachedKernel> OLDEST_FIRST = Comparator.comparing(
                    (CachedKernel k) -> weight(k.image().version()), ReleaseOrder::compare)
            .thenComparing(CachedKernel::created)
            .thenComparing(CachedKernel::key);

    private static final Pattern PARTS = Pattern.compile("(\\d+)\\.(\\d+)(?:\\.(\\d+))?(?:-rc(\\d+))?");

    private ReleaseOrder() {}

    /** Major, minor, patch, release candidate; a final release counts as a candidate above all others. */
    private static int[] weight(String release) {
        Matcher m = PARTS.matcher(KernelSpec.label(release));
        if (!m.matches()) {
            return new int[] {0, 0, 0, 0};
        }
        return new int[] {
            Integer.parseInt(m.group(1)),
            Integer.parseInt(m.group(2)),
            m.group(3) == null ? 0 : Integer.parseInt(m.group(3)),
            m.group(4) == null ? Integer.MAX_VALUE : Integer.parseInt(m.group(4))
        };
    }

    private static int compare(int[] a, int[] b) {
        return Arrays.compare(a, b);
    }
}
