package dev.ktstr.vm;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What a guest is made of.
 *
 * @param kernel an ELF vmlinux with a PVH entry note (preferred: nothing to decompress), or a bzImage
 * @param initramfs the boot image, an uncompressed cpio archive
 * @param topology CPUs, LLCs and nodes that the guest must see
 * @param memoryMb guest RAM in MiB, spread evenly over the nodes unless {@code memory} says otherwise
 * @param kernelArgs appended to the backend's own kernel command line
 * @param workDir existing folder for the console and the backend's logs; owned by the caller and kept
 * @param memory what each node has and how far and fast it is, {@code memoryMb} in all; empty for even nodes
 * @param hugePages whether the guest's RAM must be huge pages of 2 MiB that the host has set aside
 */
public record VmSpec(
        Path kernel,
        Path initramfs,
        CpuTopology topology,
        int memoryMb,
        List<String> kernelArgs,
        Path workDir,
        Optional<NumaMemory> memory,
        boolean hugePages) {
    /** Among {@code kernelArgs}: leaves the kernel where it puts itself. Takes effect for a bzImage, which decides on it. */
    public static final String KASLR = "kaslr";

    public VmSpec {
        Objects.requireNonNull(kernel);
        Objects.requireNonNull(initramfs);
        Objects.requireNonNull(topology);
        Objects.requireNonNull(workDir);
        kernelArgs = List.copyOf(kernelArgs);
        memory.ifPresent(m -> {
            if (m.totalMb() != memoryMb || m.nodes().size() < topology.numaNodes()) {
                throw new IllegalArgumentException("memory of " + m.nodes().size() + " nodes, " + m.totalMb()
                        + " MiB in all, does not fit topology " + topology + " with " + memoryMb + " MiB");
            }
        });
    }

    /** A guest with even nodes on ordinary pages. */
    public VmSpec(
            Path kernel, Path initramfs, CpuTopology topology, int memoryMb, List<String> kernelArgs, Path workDir) {
        this(kernel, initramfs, topology, memoryMb, kernelArgs, workDir, Optional.empty(), false);
    }

    /** The same guest with such nodes, whose RAM replaces {@code memoryMb}. */
    public VmSpec withMemory(NumaMemory nodes) {
        return new VmSpec(
                kernel, initramfs, topology, nodes.totalMb(), kernelArgs, workDir, Optional.of(nodes), hugePages);
    }

    /** The same guest, on huge pages or not. */
    public VmSpec withHugePages(boolean wanted) {
        return new VmSpec(kernel, initramfs, topology, memoryMb, kernelArgs, workDir, memory, wanted);
    }

    /** Nodes in all, those of memory only included. */
    public int numaNodes() {
        return memory.map(m -> m.nodes().size()).orElse(topology.numaNodes());
    }
}
