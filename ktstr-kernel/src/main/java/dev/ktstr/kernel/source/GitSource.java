package dev.ktstr.kernel.source;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.CacheSource;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Children;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.spec.KernelSpec.Git;
import dev.ktstr.spec.KernelSpec.Git.RefKind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** One commit of a git repository, fetched without its history. */
public final class GitSource implements KernelSource {
    private static final Duration ASK = Duration.ofMinutes(2);
    private static final Duration FETCH = Duration.ofHours(1);
    private static final Duration SILENCE = Duration.ofSeconds(60);
    private static final int NEAREST = 5;
    private static final int LINES = 20;

    private final Git spec;
    private final Path folder;
    private final Duration silence;

    /**
     * @param folder what a relative path of the spec starts from
     */
    public GitSource(Git spec, Path folder) {
        this(spec, folder, SILENCE);
    }

    /**
     * A source with a patience of its own.
     *
     * @param silence how long a server may send next to nothing; in whole seconds
     */
    GitSource(Git spec, Path folder, Duration silence) {
        this.spec = spec;
        this.folder = folder;
        this.silence = silence;
    }

    @Override
    public Identity identify() {
        String commit = spec.kind() == RefKind.SHA ? spec.ref() : resolve();
        String name = spec.kind() == RefKind.SHA ? "" : spec.ref().replaceAll("[^A-Za-z0-9.+_~-]", "_") + "-";
        String stem = name + "git-" + commit.substring(0, 7);
        return new Identity(
                stem, spec.ref(), "commit " + commit + " of " + spec.url(), CacheSource.git(spec), commit, stem, null);
    }

    /** The commit that a tag or branch is at; of an annotated tag, what it points at. */
    private String resolve() {
        String full = (spec.kind() == RefKind.TAG ? "refs/tags/" : "refs/heads/") + spec.ref();
        Map<String, String> refs = list(List.of(full, full + "^{}"));
        String commit = refs.getOrDefault(full + "^{}", refs.get(full));
        if (commit == null) {
            throw new KernelException("the git repository " + spec.url() + " has no "
                    + spec.kind().name().toLowerCase(Locale.ROOT) + " " + spec.ref() + nearest());
        }
        return commit;
    }

    private Map<String, String> list(List<String> patterns) {
        List<String> arguments = new ArrayList<>(List.of("ls-remote", "--", spec.url()));
        arguments.addAll(patterns);
        String out = git(
                "ask " + spec.url() + " for its " + (patterns.isEmpty() ? "refs" : spec.ref()), folder, ASK, arguments);
        Map<String, String> refs = new TreeMap<>();
        for (String line : out.lines().toList()) {
            String[] fields = line.split("\t", -1);
            if (fields.length == 2 && fields[0].matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
                refs.put(fields[1], fields[0]);
            }
        }
        return refs;
    }

    /** Names of the same kind that begin alike, or any. */
    private String nearest() {
        String prefix = spec.kind() == RefKind.TAG ? "refs/tags/" : "refs/heads/";
        List<String> names = list(List.of()).keySet().stream()
                .filter(n -> n.startsWith(prefix) && !n.endsWith("^{}"))
                .map(n -> n.substring(prefix.length()))
                .sorted((a, b) -> Integer.compare(alike(b), alike(a)))
                .limit(NEAREST)
                .toList();
        return names.isEmpty() ? "; it has none at all" : "; the nearest it has: " + String.join(", ", names);
    }

    private int alike(String name) {
        int n = 0;
        while (n < name.length()
                && n < spec.ref().length()
                && name.charAt(n) == spec.ref().charAt(n)) {
            n++;
        }
        return n;
    }

    @Override
    public Path obtain(Identity identity, Path work, BuildListener listener) {
        Path tree = SourceArchive.fresh(work.resolve("src"));
        listener.step("fetching " + identity.origin());
        git("make a repository in " + tree, tree, ASK, List.of("init", "-q"));
        String url = spec.url().contains("://")
                ? spec.url()
                : folder.resolve(spec.url()).normalize().toString();
        String commit = String.valueOf(identity.commit());
        String doing = "fetch " + identity.origin();
        // By hash, so that what is built is what the key says, even when a branch moves meanwhile.
        try {
            git(doing, tree, FETCH, List.of("fetch", "-q", "--depth=1", "--no-tags", "--", url, commit));
        } catch (KernelException e) {
            if (spec.kind() == RefKind.SHA || Thread.currentThread().isInterrupted()) {
                throw e;
            }
            // A server may refuse to give commits by hash; then by name, and it must be the same commit.
            git(doing, tree, FETCH, List.of("fetch", "-q", "--depth=1", "--no-tags", "--", url, spec.ref()));
        }
        git("check out " + commit, tree, FETCH, List.of("checkout", "-q", "--detach", commit));
        return tree;
    }

    /** Runs git so that it asks nobody, runs no helper a URL may name, and gives up on a server that stalls. */
    private String git(String doing, Path folder, Duration limit, List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(
                "env",
                "GIT_TERMINAL_PROMPT=0",
                "GIT_SSH_COMMAND=ssh -oBatchMode=yes -oConnectTimeout=15",
                "git",
                "-c",
                "protocol.ext.allow=never",
                "-c",
                "http.lowSpeedLimit=1000",
                "-c",
                "http.lowSpeedTime=" + silence.toSeconds(),
                "-c",
                "advice.detachedHead=false",
                // It would go on in the background, out of our process group.
                "-c",
                "maintenance.auto=false",
                "-c",
                "gc.auto=0"));
        argv.addAll(arguments);
        Children.Result r = Children.attempt(doing, argv, folder, limit);
        if (r.exit() == 0) {
            return r.out();
        }
        // In git's own words; of its command, only what is not the same each time.
        List<String> said =
                r.err().lines().filter(l -> !l.isBlank()).limit(LINES).toList();
        throw new KernelException("cannot " + doing + ": git " + String.join(" ", arguments) + " ended with status "
                + r.exit() + (said.isEmpty() ? " and printed nothing" : ":\n  " + String.join("\n  ", said))
                + ImageFile.ifDiskIsFull(r.err()));
    }
}
