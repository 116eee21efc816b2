package dev.ktstr.maven;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.source.KernelOrg;
import dev.ktstr.kernel.source.Network;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What kernel.org said of its releases the last time it was asked, kept beside the cache: a listing waits for no network. */
final class KnownReleases {
    private static final int MAX_BYTES = 8 << 20;

    private final Path file;
    private final Consumer<String> warnings;

    KnownReleases(KernelCache cache, Consumer<String> warnings) {
        this.file = cache.folder().resolveSibling("releases.json");
        this.warnings = warnings;
    }

    /** The releases; none, with a warning, when what was kept cannot be read. */
    List<KernelOrg.Release> all() {
        if (!Files.exists(file)) {
            return List.of();
        }
        try {
            return KernelOrg.parse(Files.readAllBytes(file), file.toString());
        } catch (IOException | KernelException e) {
            warnings.accept("which kernels are at their end of life is not known: " + e.getMessage());
            return List.of();
        }
    }

    /** Asks anew; when that fails, what was known stays, with a warning. */
    void refresh(URI uri, Network network) {
        try {
            Optional<byte[]> json = network.small(uri, MAX_BYTES);
            if (json.isEmpty()) {
                throw new KernelException("there is no " + uri);
            }
            KernelOrg.parse(json.get(), uri.toString());
            keep(json.get());
        } catch (IOException | KernelException e) {
            warnings.accept("the list of supported releases was not kept: " + e.getMessage());
        }
    }

    private void keep(byte[] json) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path aside = Files.createTempFile(folder, "releases", null);
        try {
            Files.write(aside, json);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(aside);
        }
    }
}
