package dev.ktstr.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/**
 * A kernel build tree (source tree, or the {@code O=} folder of one) that has been built.
 *
 * @param image bzImage, or vmlinux when there is no bzImage or it is older (only vmlinux was built since)
 * @param vmlinux the ELF, or null when only the bzImage is left
 */
record BuildTree(
        Path image, @Nullable Path vmlinux, @Nullable Path config) {
    static final String VMLINUX = "vmlinux";
    static final String BZ_IMAGE = "arch/x86/boot/bzImage";

    static @Nullable BuildTree read(Path top) {
        Path vmlinux = top.resolve(VMLINUX);
        Path bzImage = top.resolve(BZ_IMAGE);
        Path config = top.resolve(".config");
        Path knownConfig = Files.isReadable(config) ? config : null;
        boolean hasVmlinux = Files.isRegularFile(vmlinux);
        boolean hasBzImage = Files.isRegularFile(bzImage);
        if (!hasVmlinux) {
            return hasBzImage ? new BuildTree(bzImage, null, knownConfig) : null;
        }
        // A build links vmlinux first and packs it into bzImage after.
        boolean packed = hasBzImage && modified(bzImage).compareTo(modified(vmlinux)) >= 0;
        return new BuildTree(packed ? bzImage : vmlinux, vmlinux, knownConfig);
    }

    private static FileTime modified(Path file) {
        try {
            return Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new KernelException("cannot look at " + file + ": " + e.getMessage(), e);
        }
    }
}
