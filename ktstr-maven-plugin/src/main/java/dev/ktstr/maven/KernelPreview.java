package dev.ktstr.maven;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.source.KernelOrg;
import dev.ktstr.kernel.source.Network;
import dev.ktstr.spec.KernelSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** What versions, series and ranges stand for on kernel.org; nothing is built. It keeps the list of releases it saw. */
final class KernelPreview {
    private final KernelCache cache;
    private final KernelOrg.Sites sites;
    private final Network network;
    private final KnownReleases known;

    KernelPreview(KernelCache cache, KernelOrg.Sites sites, Network network, Consumer<String> warnings) {
        this.cache = cache;
        this.sites = sites;
        this.network = network;
        this.known = new KnownReleases(cache, warnings);
    }

    /**
     * The table, header first.
     *
     * @throws KernelException when {@code wanted} is something else, or kernel.org has nothing of it or cannot be asked
     */
    List<String> table(String wanted) {
        List<KernelOrg.Tarball> tarballs = resolve(wanted);
        return new KernelRows(Set.of(), known.all())
                .preview(tarballs, cache.quickListing().kernels());
    }

    /** The same for programs: one object per version. A value that is not known is absent. */
    List<Map<String, Object>> values(String wanted) {
        List<Map<String, Object>> all = new ArrayList<>();
        List<KernelOrg.Tarball> tarballs = resolve(wanted);
        KernelRows rows = new KernelRows(Set.of(), known.all());
        for (KernelOrg.Tarball t : tarballs) {
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("version", t.version().toString());
            row.put("endOfLife", rows.isEndOfLife(t.version().toString()));
            row.put("uri", t.uri().toString());
            t.sha256().ifPresent(digest -> row.put("sha256", digest));
            all.add(row);
        }
        return all;
    }

    private List<KernelOrg.Tarball> resolve(String wanted) {
        KernelOrg kernelOrg = new KernelOrg(sites, network);
        List<KernelOrg.Tarball> tarballs = new ArrayList<>();
        for (KernelSpec spec : KernelSpec.parseList(wanted)) {
            boolean numbered = spec instanceof KernelSpec.Version
                    || spec instanceof KernelSpec.VersionPrefix
                    || spec instanceof KernelSpec.Range;
            if (!numbered) {
                throw new KernelException("-Dktstr.range is '" + wanted
                        + "'; it must be versions, series or ranges such as 6.12..6.14, separated by commas");
            }
            tarballs.addAll(kernelOrg.resolve(spec));
        }
        known.refresh(sites.releases(), network);
        return tarballs;
    }
}
