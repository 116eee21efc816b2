package dev.ktstr.kernel.source;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.spec.KernelSpec;
import dev.ktstr.spec.KernelVersion;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What kernel.org, or a mirror of it, has: the releases it supports, and every tarball with its hash.
 *
 * <p>{@code releases.json} lists the newest of each supported series; {@code v6.x/sha256sums.asc} lists all tarballs of a
 * major version. Its signature is not checked: the hashes are as good as the connection they came over.
 */
public final class KernelOrg {
    /** Point releases a stable series must have to be built when no version is asked for: the first ones settle things. */
    static final int SETTLED = 8;

    private static final int MAX_INDEX = 8 << 20;
    private static final Pattern HASHED = Pattern.compile("([0-9a-f]{64})  linux-(\\d+\\.\\d+(?:\\.\\d+)?)\\.tar\\.xz");
    private static final int NEAREST = 5;

    private final Sites sites;
    private final Network network;
    private final Map<Integer, NavigableMap<KernelVersion, String>> indexes = new HashMap<>();

    /**
     * Where to ask.
     *
     * @param releases address of {@code releases.json}
     * @param mirror what {@code v6.x/linux-6.14.2.tar.xz} is relative to
     * @param candidates what {@code linux-6.15-rc3.tar.gz} is relative to
     */
    public record Sites(URI releases, URI mirror, URI candidates) {
        /** kernel.org's own. */
        public static final Sites STANDARD = new Sites(
                URI.create("https://www.kernel.org/releases.json"),
                URI.create("https://cdn.kernel.org/pub/linux/kernel/"),
                URI.create("https://git.kernel.org/torvalds/t/"));

        /** The same with a slash at the end of both folders. */
        public Sites {
            mirror = folder(mirror);
            candidates = folder(candidates);
        }

        private static URI folder(URI uri) {
            return uri.toString().endsWith("/") ? uri : URI.create(uri + "/");
        }
    }

    /**
     * A release that is supported, or was until lately.
     *
     * @param moniker {@code mainline}, {@code stable}, {@code longterm}, {@code linux-next}
     * @param endOfLife whether it gets no more fixes
     */
    public record Release(KernelVersion version, String moniker, boolean endOfLife) {}

    /**
     * A tarball.
     *
     * @param sha256 hex digest; empty for release candidates, for which none is published
     */
    public record Tarball(KernelVersion version, URI uri, Optional<String> sha256) {}

    public KernelOrg(Sites sites, Network network) {
        this.sites = sites;
        this.network = network;
    }

    /**
     * The supported releases, as {@code releases.json} has them.
     *
     * @throws KernelException when it cannot be had or is not of the known form
     */
    public List<Release> releases() {
        byte[] json = network.small(sites.releases(), MAX_INDEX)
                .orElseThrow(() -> new KernelException(
                        "there is no " + sites.releases() + "; name its address with -Dktstr.kernel.releases=URL"));
        return parse(json, sites.releases().toString());
    }

    /**
     * Reads {@code releases.json}; entries without a version (linux-next) are left out.
     *
     * @param where what the bytes are from, for messages
     * @throws KernelException when they are not of the known form
     */
    public static List<Release> parse(byte[] json, String where) {
        JsonNode top;
        try {
            top = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new KernelException(where + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new KernelException("cannot read " + where + ": " + e.getMessage(), e);
        }
        if (top == null || !top.path("releases").isArray()) {
            throw new KernelException(where + " is not kernel.org's list of releases: it has no array 'releases'");
        }
        List<Release> releases = new ArrayList<>();
        for (JsonNode node : top.path("releases")) {
            Optional<KernelVersion> version =
                    KernelVersion.leading(node.path("version").asText(""));
            version.ifPresent(v -> releases.add(new Release(
                    v, node.path("moniker").asText(""), node.path("iseol").asBoolean(false))));
        }
        return releases;
    }

    /**
     * The tarballs a spec names: one for a version, a prefix, or no spec; the newest of each series, oldest first, for a
     * range.
     *
     * @throws KernelException when there is none; the message names the nearest there are
     */
    public List<Tarball> resolve(KernelSpec spec) {
        if (spec instanceof KernelSpec.Version v) {
            return List.of(exact(v));
        }
        if (spec instanceof KernelSpec.VersionPrefix prefix) {
            return List.of(newest(prefix));
        }
        if (spec instanceof KernelSpec.Range range) {
            return each(range);
        }
        throw new IllegalArgumentException(spec + " names no tarball");
    }

    /** The newest stable series that has settled: the one to build when none is asked for. */
    public Tarball settled() {
        KernelVersion version = releases().stream()
                .filter(r -> !r.endOfLife() && List.of("stable", "longterm").contains(r.moniker()))
                .map(Release::version)
                .filter(v -> v.patch() >= SETTLED)
                .max(Comparator.naturalOrder())
                .orElseThrow(() -> new KernelException("no series in " + sites.releases() + " has " + SETTLED
                        + " point releases; name a version with -Dktstr.kernel=6.14.2"));
        return exact(new KernelSpec.Version(version.toString()));
    }

    private Tarball exact(KernelSpec.Version spec) {
        if (!KernelSpec.label(spec.text()).equals(spec.text())) {
            throw new KernelException("'" + spec.text() + "' names one release of somebody's, which only they have; "
                    + "kernel.org has " + KernelSpec.label(spec.text()));
        }
        KernelVersion version = spec.version();
        if (version.rc() != KernelVersion.FINAL) {
            return candidate(version);
        }
        String hash = index(version.major()).get(version);
        if (hash == null) {
            throw missing(version);
        }
        return tarball(version, hash);
    }

    private Tarball candidate(KernelVersion version) {
        return new Tarball(version, sites.candidates().resolve("linux-" + version + ".tar.gz"), Optional.empty());
    }

    private Tarball tarball(KernelVersion version, String hash) {
        URI uri = sites.mirror().resolve("v" + version.major() + ".x/linux-" + version + ".tar.xz");
        return new Tarball(version, uri, Optional.of(hash));
    }

    private Tarball newest(KernelSpec.VersionPrefix prefix) {
        KernelVersion series = KernelVersion.leading(prefix.text()).orElseThrow();
        Optional<KernelVersion> released = index(series.major()).descendingKeySet().stream()
                .filter(series::sameSeries)
                .findFirst();
        if (released.isPresent()) {
            return tarball(released.get(), index(series.major()).get(released.get()));
        }
        return releases().stream()
                .map(Release::version)
                .filter(v -> v.sameSeries(series) && v.rc() != KernelVersion.FINAL)
                .max(Comparator.naturalOrder())
                .map(this::candidate)
                .orElseThrow(() -> missing(series));
    }

    private List<Tarball> each(KernelSpec.Range range) {
        int from = KernelVersion.leading(range.from()).orElseThrow().major();
        int to = KernelVersion.leading(range.to()).orElseThrow().major();
        NavigableMap<KernelVersion, Tarball> newest = new TreeMap<>();
        Map<String, KernelVersion> bySeries = new HashMap<>();
        for (int major = from; major <= to; major++) {
            NavigableMap<KernelVersion, String> index = index(major);
            if (index.isEmpty()) {
                break; // versions are given out in order: there is nothing above
            }
            index.forEach((version, hash) -> {
                if (range.accepts(version.toString())) {
                    KernelVersion older = bySeries.put(version.series(), version);
                    if (older != null) {
                        newest.remove(older);
                    }
                    newest.put(version, tarball(version, hash));
                }
            });
        }
        if (newest.isEmpty()) {
            throw new KernelException("no release in the range " + range.text() + " at " + sites.mirror()
                    + nearest(KernelVersion.leading(range.from()).orElseThrow()));
        }
        return List.copyOf(newest.values());
    }

    private KernelException missing(KernelVersion version) {
        return new KernelException("there is no Linux " + version + " at " + sites.mirror() + nearest(version));
    }

    /** The releases around a version, own series first. */
    private String nearest(KernelVersion version) {
        NavigableMap<KernelVersion, String> index = index(version.major());
        if (index.isEmpty()) {
            index = index(version.major() - 1);
        }
        List<KernelVersion> series =
                index.keySet().stream().filter(version::sameSeries).toList();
        List<KernelVersion> near = new ArrayList<>();
        if (series.isEmpty()) {
            near.addAll(index.headMap(version, false).descendingKeySet().stream()
                    .limit(2)
                    .toList());
            near.addAll(index.tailMap(version, true).keySet().stream().limit(2).toList());
        } else {
            near.addAll(series.subList(Math.max(0, series.size() - NEAREST), series.size()));
        }
        near.sort(null);
        return near.isEmpty()
                ? ""
                : "; the nearest there are: "
                        + String.join(
                                ", ", near.stream().map(KernelVersion::toString).toList());
    }

    /** All tarballs of a major version with their hashes; none when there is no such folder. */
    private NavigableMap<KernelVersion, String> index(int major) {
        NavigableMap<KernelVersion, String> known = indexes.get(major);
        if (known == null) {
            known = new TreeMap<>();
            URI uri = sites.mirror().resolve("v" + major + ".x/sha256sums.asc");
            String text = network.small(uri, MAX_INDEX)
                    .map(b -> new String(b, StandardCharsets.ISO_8859_1))
                    .orElse("");
            for (String line : text.lines().toList()) {
                Matcher m = HASHED.matcher(line);
                if (m.matches()) {
                    known.put(KernelVersion.leading(m.group(2)).orElseThrow(), m.group(1));
                }
            }
            indexes.put(major, known);
        }
        return known;
    }
}
