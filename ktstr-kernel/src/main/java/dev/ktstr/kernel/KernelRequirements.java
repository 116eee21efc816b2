package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Btf;
import dev.ktstr.kernel.internal.ElfImage;
import dev.ktstr.kernel.internal.ImageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a kernel must have for a scheduler under test. Decided by what is in the image, never by its version. */
public final class KernelRequirements {
    private static final String SCHED_EXT = "CONFIG_SCHED_CLASS_EXT";
    private static final String KASLR = "CONFIG_RANDOMIZE_BASE";

    private KernelRequirements() {}

    /**
     * Checks that a kernel can load sched_ext schedulers: the class is built in, and BTF describes it.
     *
     * @throws KernelException naming all that is missing, and the cure
     */
    public static void requireSchedExt(KernelImage kernel) {
        List<String> missing = missingForSchedExt(kernel);
        if (!missing.isEmpty()) {
            throw new KernelException("kernel " + kernel.version() + " (" + kernel.origin()
                    + ") cannot run a sched_ext scheduler: " + String.join("; ", missing)
                    + ". Get one that can with 'mvn ktstr:kernel-fetch', or name another with -Dktstr.kernel=...");
        }
    }

    /**
     * What a kernel lacks to load sched_ext schedulers, one phrase each; empty when it lacks nothing.
     *
     * @throws KernelException when its configuration or BTF cannot be read
     */
    public static List<String> missingForSchedExt(KernelImage kernel) {
        List<String> missing = new ArrayList<>();
        String configured = kernel.config() == null ? null : value(kernel.config(), SCHED_EXT);
        boolean configuredOut = kernel.config() != null && !"y".equals(configured);
        if (configuredOut) {
            missing.add("it was built without " + SCHED_EXT + " (" + kernel.config() + ")");
        }
        if (kernel.btf() == null) {
            missing.add("it has no BTF (CONFIG_DEBUG_INFO_BTF)");
        } else if (!configuredOut && !Btf.hasName(bytes(kernel.btf()), "sched_ext_ops", kernel.btf())) {
            missing.add(
                    configured == null
                            ? "its BTF has no struct sched_ext_ops, so it was built without " + SCHED_EXT
                            : SCHED_EXT + " is set, but its BTF has no struct sched_ext_ops (was pahole too old?)");
        }
        return List.copyOf(missing);
    }

    /**
     * The file to hand to a virtual machine: vmlinux when it can be entered directly (it has a PVH note, so nothing is
     * decompressed at boot), else the image as it was found.
     *
     * @throws KernelException when vmlinux cannot be read
     */
    public static Path bootFile(KernelImage kernel) {
        try (ImageFile file = ImageFile.open(kernel.vmlinux())) {
            return ElfImage.read(file).hasPvhEntry() ? kernel.vmlinux() : kernel.image();
        }
    }

    /**
     * The file to boot so that the kernel chooses its own place (KASLR): the image, for the decompressor in it chooses.
     *
     * @throws KernelException when this kernel is known to stay where it was linked to
     */
    public static Path randomizedBootFile(KernelImage kernel) {
        String why = null;
        if (kernel.config() != null && !"y".equals(value(kernel.config(), KASLR))) {
            why = "it was built without " + KASLR + " (" + kernel.config() + ")";
        } else if (isElf(kernel.image())) {
            why = "there is only its ELF image, " + kernel.image()
                    + ", and the decompressor of a bzImage chooses the place";
        }
        if (why != null) {
            throw new KernelException("kernel " + kernel.version() + " (" + kernel.origin()
                    + ") cannot randomize where it is, as -Dktstr.kaslr asks: " + why
                    + ". Leave the option out, or name another kernel with -Dktstr.kernel=...");
        }
        return kernel.image();
    }

    private static boolean isElf(Path image) {
        try (ImageFile file = ImageFile.open(image)) {
            return ElfImage.isOne(file);
        }
    }

    /** The value of an option in a kernel configuration; null when it is not set. */
    private static @Nullable String value(Path config, String option) {
        try (Stream<String> lines = Files.lines(config, StandardCharsets.ISO_8859_1)) {
            return lines.filter(l -> l.startsWith(option + "="))
                    .map(l -> l.substring(option.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            throw ImageFile.failed("read the kernel configuration", config, e);
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw ImageFile.failed("read", file, e);
        }
    }
}
