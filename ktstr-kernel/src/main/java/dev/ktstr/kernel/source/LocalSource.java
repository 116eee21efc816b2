package dev.ktstr.kernel.source;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Children;
import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.Sha256;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A source tree of the user's on this machine.
 *
 * <p>It is built outside of itself and never written to. A tree that is in git is its commit, and dirty when a tracked file
 * differs; one that is not is the list of its files with their sizes and times.
 */
public final class LocalSource implements KernelSource {
    private static final Duration GIT = Duration.ofMinutes(2);
    private static final int MAX_MAKEFILE = 1 << 20;
    private static final Pattern ASSIGNMENT =
            Pattern.compile("(?m)^(VERSION|PATCHLEVEL|SUBLEVEL|EXTRAVERSION)[ \\t]*=[ \\t]*(.*)$");

    private final Path top;

    /**
     * @param top a folder
     * @throws KernelException when it is no kernel source tree
     */
    public LocalSource(Path top) {
        this.top = top.toAbsolutePath().normalize();
        if (version(this.top).isEmpty() || !Files.isRegularFile(this.top.resolve("Kconfig"))) {
            throw new KernelException(notATree(this.top));
        }
    }

    private static String notATree(Path top) {
        if (!Files.exists(top)) {
            return "there is no kernel source tree at " + top + ": it does not exist";
        }
        if (!Files.isDirectory(top)) {
            return top
                    + " is no kernel source tree: it is a file. An image needs no building: name it when you run tests";
        }
        Optional<Path> near = nearby(top);
        return top + " is no kernel source tree: its top has no Makefile with a VERSION, or no Kconfig"
                + near.map(p -> ". Did you mean " + p + "?").orElse("");
    }

    private static Optional<Path> nearby(Path top) {
        for (Path parent = top.getParent(); parent != null; parent = parent.getParent()) {
            if (version(parent).isPresent()) {
                return Optional.of(parent);
            }
        }
        try (var entries = Files.list(top)) {
            return entries.filter(e -> version(e).isPresent()).sorted().findFirst();
        } catch (IOException e) {
            return Optional.empty(); // only the hint is lost
        }
    }

    /** The version in a tree's Makefile, {@code 6.12.117}; empty when that is no kernel's. */
    static Optional<String> version(Path top) {
        Path makefile = top.resolve("Makefile");
        if (!Files.isRegularFile(makefile) || !Files.isReadable(makefile)) {
            return Optional.empty();
        }
        try (var in = Files.newInputStream(makefile)) {
            Matcher m = ASSIGNMENT.matcher(new String(in.readNBytes(MAX_MAKEFILE), StandardCharsets.ISO_8859_1));
            String[] parts = new String[4];
            List<String> names = List.of("VERSION", "PATCHLEVEL", "SUBLEVEL", "EXTRAVERSION");
            while (m.find()) {
                int i = names.indexOf(m.group(1));
                parts[i] = parts[i] == null ? m.group(2).strip() : parts[i];
            }
            boolean kernel = parts[0] != null && parts[1] != null && (parts[0] + parts[1]).matches("\\d{1,8}");
            return kernel
                    ? Optional.of(parts[0] + "." + parts[1] + (parts[2] == null ? "" : "." + parts[2])
                            + (parts[3] == null ? "" : parts[3]))
                    : Optional.empty();
        } catch (IOException e) {
            throw ImageFile.failed("read", makefile, e);
        }
    }

    @Override
    public Identity identify() {
        String version = version(top).orElse("?");
        String place = "local-" + Sha256.of(List.of(real(top).toString())).substring(0, 12);
        String commit = Files.exists(top.resolve(".git")) ? git(List.of("rev-parse", "HEAD")) : null;
        if (commit == null) {
            String state = "local-" + files().substring(0, 7);
            return new Identity(state, version, "source tree " + top, "local/" + top, null, place, null);
        }
        String changed = git(List.of("status", "--porcelain", "--untracked-files=no"));
        int count = changed == null ? 0 : (int) changed.lines().count();
        String dirty = count == 0
                ? null
                : "the tree has " + (count == 1 ? "a changed file" : count + " changed files")
                        + " that no commit holds";
        return new Identity(
                "local-" + commit.substring(0, 7),
                version,
                "source tree " + top + " at commit " + commit.substring(0, 12) + (dirty == null ? "" : ", changed"),
                "local/" + top,
                commit,
                place,
                dirty);
    }

    /** What git prints; null when it knows no commit yet. Other failures are told: a tree in git must not lose its name. */
    private @Nullable String git(List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(
                "git", "-c", "safe.directory=" + real(top), "-c", "core.fsmonitor=false", "-C", top.toString()));
        argv.addAll(arguments);
        Children.Result r = Children.attempt("ask git about " + top, argv, top, GIT);
        if (r.exit() != 0 && r.err().contains("HEAD")) {
            return null;
        }
        if (r.exit() != 0) {
            throw new KernelException("cannot tell the state of " + top + ": git ended with status " + r.exit() + ": "
                    + r.err().strip());
        }
        return r.out().strip();
    }

    /** Hash over what a tree's files look like from outside: reading all of them would take minutes. */
    private String files() {
        List<String> lines = new ArrayList<>();
        try {
            Files.walkFileTree(top, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
                    String name = file.getFileName().toString();
                    if (!BuildProducts.isProduct(name)) {
                        lines.add(top.relativize(file) + " " + a.size() + " "
                                + a.lastModifiedTime().toMillis());
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) {
                    boolean products = BuildProducts.isProductFolder(top.relativize(dir));
                    return products ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw ImageFile.failed("look through", top, e);
        }
        lines.sort(null);
        return Sha256.of(lines);
    }

    @Override
    public Path obtain(Identity identity, Path work, BuildListener listener) {
        if (!BuildProducts.configuredInPlace(top)) {
            return top;
        }
        // The kernel's Makefile refuses to build a tree elsewhere that was also configured in place.
        listener.step(top + " is configured in place, and stays so: building from a copy that shares its files");
        return BuildProducts.copyWithout(top, SourceArchive.fresh(work.resolve("src")), listener);
    }

    /** Puts a file into the tree, where editors look for it; the kernel's own .gitignore knows it. */
    @Override
    public Path take(Path file) {
        Path to = top.resolve(file.getFileName());
        try {
            Folders.replace(to, ".tmp_", aside -> Files.copy(file, aside, StandardCopyOption.REPLACE_EXISTING));
            return to;
        } catch (IOException e) {
            throw ImageFile.failed("write", to, e);
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw ImageFile.failed("look at", path, e);
        }
    }
}
