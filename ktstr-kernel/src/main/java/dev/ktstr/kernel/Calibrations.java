package dev.ktstr.kernel;

import java.nio.file.Path;

/** What kernels told of themselves when they ran, by the image they were booted from. */
final class Calibrations {
    private final Path folder;

    /** In a folder, which need not exist yet. */
    Calibrations(Path folder) {
        this.folder = folder;
    }

    /** What is kept of a kernel. */
    KernelSymbols of(KernelImage kernel) {
        return new KernelSymbols(folder.resolve(kernel.sha256()));
    }

    /** A kernel, with the BTF that it told when its image has none. */
    KernelImage completed(KernelImage k) {
        Path told = k.btf() == null ? of(k).btf().orElse(null) : null;
        return told == null
                ? k
                : new KernelImage(
                        k.version(),
                        k.label(),
                        k.image(),
                        k.vmlinux(),
                        told,
                        k.config(),
                        k.sha256(),
                        k.origin(),
                        k.commit());
    }
}
