package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.ElfImage;
import dev.ktstr.kernel.internal.ImageFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is in a kernel, and what it can and cannot do for a test.
 *
 * @param image the kernel
 * @param config options that tests depend on, with their values; {@code n} for what is not set; empty when the
 *     configuration is not known
 * @param btfBytes size of its BTF, 0 without
 * @param symbols how many symbols are known
 * @param symbolSource where from: {@code vmlinux}, {@code kallsyms}, or {@code none}
 * @param lines whether source lines are known
 * @param vmlinuxBytes size of the ELF
 * @param imageBytes size of the image
 * @param abilities in a fixed order
 */
public record KernelInfo(
        KernelImage image,
        Map<String, String> config,
        long btfBytes,
        long symbols,
        String symbolSource,
        boolean lines,
        long vmlinuxBytes,
        long imageBytes,
        List<Ability> abilities) {
    /** Whether a kernel can do something. */
    public enum Answer {
        YES,
        NO,
        /** Its configuration is not known. */
        UNKNOWN
    }

    /**
     * Something that a test may want of a kernel.
     *
     * @param what in a few words
     * @param answer whether it can
     * @param why when it cannot, or is not known: what is missing, and the cure where there is one; else empty
     */
    public record Ability(String what, Answer answer, String why) {}

    private static final List<String> OF_INTEREST = List.of(
            "SCHED_CLASS_EXT",
            "BPF_SYSCALL",
            "BPF_JIT",
            "DEBUG_INFO_BTF",
            "KALLSYMS_ALL",
            "SCHEDSTATS",
            "SCHED_DEBUG",
            "FTRACE",
            "KPROBES",
            "BPF_EVENTS",
            "CGROUPS",
            "CPUSETS",
            "CGROUP_SCHED",
            "CFS_BANDWIDTH",
            "CGROUP_FREEZER",
            "MEMCG",
            "NUMA",
            "ACPI_NUMA",
            "ACPI_HMAT",
            "SMP",
            "NR_CPUS",
            "HZ",
            "PREEMPT",
            "PREEMPT_VOLUNTARY",
            "PREEMPT_NONE",
            "PREEMPT_LAZY",
            "PREEMPT_DYNAMIC",
            "NO_HZ_FULL",
            "SERIAL_8250_CONSOLE",
            "DEVMEM",
            "BLK_DEV_INITRD",
            "TMPFS",
            "PVH",
            "KVM_GUEST");

    public KernelInfo {
        abilities = List.copyOf(abilities);
    }

    /**
     * Looks into a kernel.
     *
     * @param kallsyms symbols that its running kernel told, from {@link KernelCache#kallsyms}
     * @throws KernelException when its files cannot be read
     */
    public static KernelInfo of(KernelImage image, Optional<Path> kallsyms) {
        Map<String, String> config = image.config() == null ? Map.of() : config(image.config());
        long inElf;
        boolean lines;
        boolean pvh;
        try (ImageFile file = ImageFile.open(image.vmlinux())) {
            ElfImage elf = ElfImage.read(file);
            inElf = elf.sectionSize(".symtab") / 24; // Elf64_Sym
            lines = elf.sectionSize(".debug_line") > 0;
            pvh = elf.hasPvhEntry();
        }
        long told = kallsyms.map(KernelInfo::lineCount).orElse(0L);
        String source = inElf > 0 ? "vmlinux" : told > 0 ? "kallsyms" : "none";
        long symbols = inElf > 0 ? inElf : told;
        return new KernelInfo(
                image,
                config,
                image.btf() == null ? 0 : size(image.btf()),
                symbols,
                source,
                lines,
                size(image.vmlinux()),
                size(image.image()),
                abilities(image, config, symbols, lines, pvh));
    }

    private static List<Ability> abilities(
            KernelImage image, Map<String, String> config, long symbols, boolean lines, boolean pvh) {
        List<Ability> all = new ArrayList<>();
        all.add(needs(config, "boots our guests", "SERIAL_8250_CONSOLE", "BLK_DEV_INITRD", "TMPFS", "DEVMEM"));
        all.add(ability("is entered directly, nothing to unpack at boot", pvh, "it has no PVH note (CONFIG_PVH)"));
        List<String> missing = KernelRequirements.missingForSchedExt(image);
        all.add(ability("runs sched_ext schedulers", missing.isEmpty(), String.join("; ", missing)));
        all.add(needs(config, "cgroups with cpusets and weights", "CGROUPS", "CPUSETS", "CGROUP_SCHED"));
        all.add(needs(config, "cpu.max", "CFS_BANDWIDTH"));
        all.add(needs(config, "NUMA topologies", "NUMA", "ACPI_NUMA"));
        all.add(needs(config, "scheduler statistics of tasks", "SCHEDSTATS"));
        all.add(needs(config, "BPF probes in the guest", "KPROBES", "BPF_EVENTS"));
        all.add(ability("types of its structures, to read its memory", image.btf() != null, "it has no BTF"));
        all.add(ability(
                "addresses of its symbols",
                symbols > 0,
                "its image has none; 'mvn ktstr:kernel-info -Dktstr.calibrate' boots it once and reads them"));
        all.add(ability(
                "source lines of its code",
                lines,
                "its vmlinux has no line tables; kernels of kernel-build have them"));
        return all;
    }

    private static Ability ability(String what, boolean can, String why) {
        return new Ability(what, can ? Answer.YES : Answer.NO, can ? "" : why);
    }

    private static Ability needs(Map<String, String> config, String what, String... options) {
        if (config.isEmpty()) {
            return new Ability(what, Answer.UNKNOWN, "its configuration is not known");
        }
        List<String> missing = new ArrayList<>();
        for (String option : options) {
            if (!"y".equals(config.get(option))) {
                missing.add("CONFIG_" + option + "=" + config.get(option));
            }
        }
        return ability(what, missing.isEmpty(), String.join(", ", missing));
    }

    private static Map<String, String> config(Path file) {
        Map<String, String> found = new LinkedHashMap<>();
        OF_INTEREST.forEach(name -> found.put(name, "n"));
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            lines.filter(l -> l.startsWith("CONFIG_") && l.indexOf('=') > 0).forEach(l -> {
                String name = l.substring("CONFIG_".length(), l.indexOf('='));
                found.computeIfPresent(
                        name, (n, old) -> l.substring(l.indexOf('=') + 1).strip());
            });
        } catch (IOException e) {
            throw ImageFile.failed("read the kernel configuration", file, e);
        }
        return found;
    }

    private static long lineCount(Path file) {
        try (Stream<String> lines = Files.lines(file, StandardCharsets.US_ASCII)) {
            return lines.count();
        } catch (IOException e) {
            throw ImageFile.failed("read", file, e);
        }
    }

    private static long size(@Nullable Path file) {
        try {
            return file == null ? 0 : Files.size(file);
        } catch (IOException e) {
            throw ImageFile.failed("look at", file, e);
        }
    }
}
