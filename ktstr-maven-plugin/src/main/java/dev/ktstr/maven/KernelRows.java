package dev.ktstr.maven;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.kernel.source.KernelOrg;
import dev.ktstr.spec.KernelVersion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What kernel-list says of each cache entry. No looking around in here: what is known comes in as values. */
final class KernelRows {
    private static final Pattern KCONFIG = Pattern.compile(".*-kc([0-9a-f]{8})(?:-.*)?");
    private static final int MAX_WHY = 100;

    private final Set<String> kconfigs;
    private final List<KernelOrg.Release> releases;

    /**
     * Rows by what is known.
     *
     * @param kconfigs hashes of the configurations that kernel-build makes now
     * @param releases what kernel.org supports, empty when that is not known
     */
    KernelRows(Set<String> kconfigs, List<KernelOrg.Release> releases) {
        this.kconfigs = Set.copyOf(kconfigs);
        this.releases = List.copyOf(releases);
    }

    /** What is remarkable about an entry, in the order of its weight; empty when it is as it should be. */
    List<String> remarks(CachedKernel kernel) {
        List<String> remarks = new ArrayList<>();
        Matcher key = KCONFIG.matcher(kernel.key());
        if (key.matches() && !kconfigs.contains(key.group(1))) {
            remarks.add("stale kconfig");
        }
        if (isEndOfLife(kernel.image().version())) {
            remarks.add("end of life");
        }
        return remarks;
    }

    /** The list of kernel.org names each supported series; one that is older than the newest and not in it is over. */
    boolean isEndOfLife(String release) {
        Optional<KernelVersion> version = KernelVersion.leading(release);
        if (version.isEmpty() || releases.isEmpty()) {
            return false;
        }
        KernelVersion v = version.get();
        Optional<KernelOrg.Release> series =
                releases.stream().filter(r -> r.version().sameSeries(v)).findFirst();
        boolean newest = releases.stream().allMatch(r -> r.version().compareTo(v) < 0);
        return series.map(KernelOrg.Release::endOfLife).orElse(!newest);
    }

    /** The table, header first. */
    List<String> table(KernelCache.Listing listing) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("KEY", "VERSION", "SCHED_EXT", "STATE", "SHA256", "ORIGIN"));
        for (CachedKernel k : listing.kernels()) {
            List<String> remarks = remarks(k);
            rows.add(List.of(
                    k.key(),
                    k.image().label(),
                    schedExt(k),
                    remarks.isEmpty() ? "ok" : String.join(", ", remarks),
                    k.image().sha256().substring(0, 12),
                    k.image().origin()));
        }
        for (KernelCache.Damaged d : listing.corrupt()) {
            rows.add(List.of(d.key(), "-", "-", state(d), "-", shortened(d.key(), d.why())));
        }
        return Table.align(rows);
    }

    private static String state(KernelCache.Damaged damaged) {
        return damaged.newer() ? "newer ktstr" : "CORRUPT";
    }

    /** A reason as it fits into a table: an entry's own folder would be most of it. */
    static String shortened(String key, String reason) {
        String why = reason.replaceAll("\\S*/" + Pattern.quote(key) + "/", "");
        return why.length() <= MAX_WHY ? why : why.substring(0, MAX_WHY - 1) + "…";
    }

    private static String schedExt(CachedKernel kernel) {
        try {
            return KernelRequirements.missingForSchedExt(kernel.image()).isEmpty() ? "yes" : "no";
        } catch (KernelException e) {
            return "unknown";
        }
    }

    /** The same for programs: one object per entry. A value that is not known is absent. */
    List<Map<String, Object>> values(KernelCache.Listing listing) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (CachedKernel k : listing.kernels()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("key", k.key());
            row.put("state", "ok");
            row.put("remarks", remarks(k));
            row.put("version", k.image().version());
            row.put("label", k.image().label());
            row.put("schedExt", schedExt(k).equals("yes"));
            row.put("sha256", k.image().sha256());
            row.put("image", k.image().image().toString());
            row.put("origin", k.image().origin());
            putIfKnown(row, "source", k.source());
            putIfKnown(row, "compiler", k.compiler());
            putIfKnown(row, "configHash", k.configHash());
            putIfKnown(row, "commit", k.image().commit());
            row.put("created", k.created().toString());
            all.add(row);
        }
        for (KernelCache.Damaged d : listing.corrupt()) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("key", d.key());
            row.put("state", d.newer() ? "newer" : "corrupt");
            row.put("why", d.why());
            all.add(row);
        }
        return all;
    }

    private static void putIfKnown(Map<String, Object> row, String name, @Nullable String value) {
        if (value != null) {
            row.put(name, value);
        }
    }

    /** The table of a preview: what a range stands for, and what of it is in the cache. */
    List<String> preview(List<KernelOrg.Tarball> tarballs, List<CachedKernel> cached) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("VERSION", "STATE", "CACHED AS", "SOURCE"));
        for (KernelOrg.Tarball t : tarballs) {
            List<String> keys = cached.stream()
                    .filter(k -> KernelVersion.leading(k.image().version())
                            .filter(t.version()::equals)
                            .isPresent())
                    .map(CachedKernel::key)
                    .toList();
            rows.add(List.of(
                    t.version().toString(),
                    isEndOfLife(t.version().toString()) ? "end of life" : "ok",
                    keys.isEmpty() ? "-" : String.join(" ", keys),
                    t.uri().toString()));
        }
        return Table.align(rows);
    }
}
