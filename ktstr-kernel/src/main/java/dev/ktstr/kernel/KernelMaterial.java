package dev.ktstr.kernel;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The files of a kernel that is to be cached, and where they come from.
 *
 * @param image the bootable image: a bzImage, or an ELF vmlinux
 * @param vmlinux the ELF with symbols that belongs to it; null to unpack it from {@code image}. It is kept without the
 *     DWARF sections other than the line tables.
 * @param config its configuration, or null when not known
 * @param origin where it comes from, in words: {@code built from linux-6.14.2.tar.xz}
 * @param source what it was asked for as, a value of {@link CacheSource}; null when it is only found by key and version
 * @param commit commit of the source tree, or null
 */
public record KernelMaterial(
        Path image,
        @Nullable Path vmlinux,
        @Nullable Path config,
        String origin,
        @Nullable String source,
        @Nullable String commit) {}
