package dev.ktstr.kernel.build;

import dev.ktstr.kernel.KernelException;
import java.util.Locale;

/** The architectures kernels are built for. */
public enum Architecture {
    X86_64("x86_64", "x86_64", "x86", "bzImage", "x86_64-linux-gnu-"),
    AARCH64("aarch64", "arm64", "arm64", "Image", "aarch64-linux-gnu-");

    private final String label;
    private final String makeName;
    private final String folder;
    private final String image;
    private final String crossPrefix;

    Architecture(String label, String makeName, String folder, String image, String crossPrefix) {
        this.label = label;
        this.makeName = makeName;
        this.folder = folder;
        this.image = image;
        this.crossPrefix = crossPrefix;
    }

    /**
     * The architecture of that name.
     *
     * @param name {@code x86_64} or {@code aarch64}; {@code amd64} and {@code arm64} are taken, too
     * @throws KernelException when there is none
     */
    public static Architecture named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "x86_64", "amd64" -> X86_64;
            case "aarch64", "arm64" -> AARCH64;
            default ->
                throw new KernelException(
                        "'" + name + "' is no architecture that kernels are built for here: " + "x86_64 or aarch64");
        };
    }

    /** The architecture of this machine. */
    public static Architecture ofHost() {
        return named(System.getProperty("os.arch", "?"));
    }

    /** As in cache keys and {@code uname -m}: {@code x86_64}, {@code aarch64}. */
    public String label() {
        return label;
    }

    /** The kernel's {@code ARCH=}. */
    public String makeName() {
        return makeName;
    }

    /** Name of its folder under {@code arch} ({@code SRCARCH}). */
    public String folder() {
        return folder;
    }

    /** The make target of the bootable image. */
    public String target() {
        return image;
    }

    /** Path of the bootable image in a build folder. */
    public String imagePath() {
        return "arch/" + folder + "/boot/" + image;
    }

    /** {@code CROSS_COMPILE=} on a host of another architecture: what Debian's cross compilers start with. */
    public String crossPrefix() {
        return crossPrefix;
    }
}
