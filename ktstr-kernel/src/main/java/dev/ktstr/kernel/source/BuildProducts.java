package dev.ktstr.kernel.source;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.internal.Children;
import dev.ktstr.kernel.internal.ImageFile;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** What a build leaves in a kernel tree, and how to look past it. */
final class BuildProducts {
    private static final Duration CLEAN = Duration.ofMinutes(5);
    /** Files that only a build makes; what is missing here costs a rebuild, or is cleaned by make. */
    private static final Pattern PRODUCT =
            Pattern.compile("[^.].*\\.(o|a|ko)|\\..*\\.cmd|\\.config(\\.old)?|\\.version|\\.tmp_.*|"
                    + "\\.vmlinux.*|vmlinux|vmlinux\\.(o|a|map|symvers|unstripped)|System\\.map|modules\\.(order|builtin.*)|"
                    + "Module\\.symvers|compile_commands\\.json");

    private static final Set<String> FOLDERS = Set.of("include/config", "include/generated", ".git", ".tmp_versions");

    private BuildProducts() {}

    static boolean isProduct(String fileName) {
        return PRODUCT.matcher(fileName).matches();
    }

    static boolean isProductFolder(Path relative) {
        String name = relative.toString();
        return FOLDERS.contains(name) || name.matches("arch/[^/]+/include/generated");
    }

    /** The conditions under which the kernel's Makefile refuses {@code O=} (its target {@code outputmakefile}). */
    static boolean configuredInPlace(Path top) {
        if (Files.exists(top.resolve(".config")) || Files.isDirectory(top.resolve("include/config"))) {
            return true;
        }
        if (!Files.isDirectory(top.resolve("arch"))) {
            return false;
        }
        try (var archs = Files.newDirectoryStream(top.resolve("arch"))) {
            for (Path arch : archs) {
                if (Files.isDirectory(arch.resolve("include/generated"))) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            throw ImageFile.failed("look through", top.resolve("arch"), e);
        }
    }

    /**
     * Copies a tree without its build products: hard links where the file system allows it, so it takes seconds and no room.
     * What the list of products misses is removed from the copy by {@code make mrproper}, which unlinks and writes to nothing.
     */
    static Path copyWithout(Path top, Path to, BuildListener listener) {
        try {
            Files.walkFileTree(top, new Copy(top, to));
        } catch (IOException e) {
            throw ImageFile.failed("copy the source tree " + top + " to", to, e);
        }
        listener.step("removing what is left of its build from the copy");
        Children.run("clean the copy of " + top, List.of("make", "-s", "mrproper"), to, CLEAN);
        return to;
    }

    private static final class Copy extends SimpleFileVisitor<Path> {
        private final Path top;
        private final Path to;
        private boolean linking = true;

        Copy(Path top, Path to) {
            this.top = top;
            this.to = to;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes a) throws IOException {
            Path relative = top.relativize(dir);
            if (isProductFolder(relative)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(relative));
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
            Path target = to.resolve(top.relativize(file));
            if (isProduct(file.getFileName().toString())) {
                return FileVisitResult.CONTINUE;
            }
            if (linking && a.isRegularFile()) {
                try {
                    Files.createLink(target, file);
                    return FileVisitResult.CONTINUE;
                } catch (IOException | UnsupportedOperationException e) {
                    linking = false; // another file system, or one without hard links: copy instead
                }
            }
            Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
            return FileVisitResult.CONTINUE;
        }
    }
}
