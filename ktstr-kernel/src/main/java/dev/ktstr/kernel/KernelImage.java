package dev.ktstr.kernel;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A kernel that can be booted, and what is known about it.
 *
 * @param version release as {@code uname -r} says it, {@code 7.2.13+deb14-cloud-amd64}
 * @param label short name for output and file names: {@code 7.2.13}
 * @param image the bootable image as it was found (bzImage, or the ELF itself)
 * @param vmlinux the ELF image, uncompressed; extracted from {@code image} where only that was given
 * @param btf raw BTF of the kernel ({@code .BTF} of vmlinux), or null when it has none
 * @param config the kernel's configuration, or null when not known
 * @param sha256 hex digest of {@code image}
 * @param origin where it came from, in words: {@code cache entry debian-…}, {@code build tree ../linux}
 * @param commit commit of the source tree, when the image comes from a build tree in git; else null
 */
public record KernelImage(
        String version,
        String label,
        Path image,
        Path vmlinux,
        @Nullable Path btf,
        @Nullable Path config,
        String sha256,
        String origin,
        @Nullable String commit) {}
