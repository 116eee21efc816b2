package dev.ktstr.kernel;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the kernel cache.
 *
 * @param key its name, {@code debian-7.2.13+deb14-cloud-amd64}
 * @param image the kernel; all its files are inside the entry's folder
 * @param source what it was fetched as, {@code debian/unstable/linux-image-cloud-amd64}; null when it was not fetched
 * @param created when it was stored
 * @param compiler what the kernel's configuration says of the compiler, {@code gcc (Debian 14.2.0-19) 14.2.0}; or null
 * @param configHash hex SHA-256 of the configuration; or null
 */
public record CachedKernel(
        String key,
        KernelImage image,
        @Nullable String source,
        Instant created,
        @Nullable String compiler,
        @Nullable String configHash) {
    /** An entry of which neither compiler nor configuration is known. */
    public CachedKernel(String key, KernelImage image, @Nullable String source, Instant created) {
        this(key, image, source, created, null, null);
    }
}
