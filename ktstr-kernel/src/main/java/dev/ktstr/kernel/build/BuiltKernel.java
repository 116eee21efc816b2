package dev.ktstr.kernel.build;

import dev.ktstr.kernel.KernelImage;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What came of a build.
 *
 * @param image the kernel; null when it is of an architecture that nothing here boots yet
 * @param spec what to name it by: the key of its cache entry, or a path when it is not cached
 * @param cached whether it is in the cache
 * @param fresh whether it was built now; else it was in the cache already
 * @param log everything make printed; null when nothing was built
 */
public record BuiltKernel(
        @Nullable KernelImage image,
        String spec,
        boolean cached,
        boolean fresh,
        @Nullable Path log) {}
