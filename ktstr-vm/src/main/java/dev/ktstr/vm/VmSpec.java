package dev.ktstr.vm;

import dev.ktstr.spec.CpuTopology;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What a guest is made of.
 *
 * @param kernel an ELF vmlinux with a PVH entry note (preferred: nothing to decompress), or a bzImage
 * @param initramfs the boot image, an uncompressed cpio archive
 * @param topology CPUs, LLCs and nodes that the guest must see
 * @param memoryMb guest RAM in MiB, spread evenly over the nodes
 * @param kernelArgs appended to the backend's own kernel command line
 * @param workDir existing folder for the console and the backend's logs; owned by the caller and kept
 */
public record VmSpec(
        Path kernel, Path initramfs, CpuTopology topology, int memoryMb, List<String> kernelArgs, Path workDir) {
    /** Among {@code kernelArgs}: leaves the kernel where it puts itself. Takes effect for a bzImage, which decides on it. */
    public static final String KASLR = "kaslr";

    public VmSpec {
        Objects.requireNonNull(kernel);
        Objects.requireNonNull(initramfs);
        Objects.requireNonNull(topology);
        Objects.requireNonNull(workDir);
        kernelArgs = List.copyOf(kernelArgs);
    }
}
