package dev.ktstr.kernel.build;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.ktstr.kernel.SampleKernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A kernel tree of a few files whose Makefile has the targets of the kernel's, and copies where that compiles. */
public final class FakeTree {
    private static final String MAKEFILE = """
            VERSION = 6
            PATCHLEVEL = 14
            SUBLEVEL = 2
            EXTRAVERSION =
            HOOK = :
            -include hooks.mk
            tinyconfig defconfig:
            \t@mkdir -p $(O) && printf 'CONFIG_BASE="$@"\\n# CONFIG_SMP is not set\\n' >$(O)/.config
            olddefconfig:
            \t@grep -vxF -f dropped $(O)/.config >$(O)/.config.new; mv $(O)/.config.new $(O)/.config
            mrproper:
            \t@rm -rf .config include/config
            compile_commands.json:
            \t@echo '[]' >$(O)/compile_commands.json
            Image: bzImage
            \t@mkdir -p $(O)/arch/arm64/boot && cp fixture/image $(O)/arch/arm64/boot/Image
            bzImage:
            \t@for i in 1 2 3; do echo "  CC      fake/$$i.o"; test -e $(O)/$$i.o || echo "  COMPILED $$i" ; : >$(O)/$$i.o; done
            \t@$(HOOK)
            \t@echo "  LD      vmlinux"; cp fixture/elf $(O)/vmlinux
            \t@mkdir -p $(O)/arch/x86/boot && cp fixture/image $(O)/arch/x86/boot/bzImage
            """;
    private static final String KCONFIG = """
            config SCHED_CLASS_EXT
            \tbool "Extensible"
            \tdepends on BPF_SYSCALL && DEBUG_INFO_BTF
            config BPF_SYSCALL
            \tbool "BPF"
            config DEBUG_INFO_BTF
            \tbool "BTF"
            config DEEP
            \tbool "Deep"
            \tdepends on BLOCK && !SMP
            config SMP
            \tbool "SMP"
            """;

    private FakeTree() {}

    /** Makes a tree whose kernel is a sample of that release. */
    public static Path make(Path top, String release) throws IOException {
        byte[] vmlinux = SampleKernels.vmlinux(release, SampleKernels.btf("sched_ext_ops"), true);
        SampleKernels.write(top.resolve("Makefile"), MAKEFILE.getBytes(US_ASCII));
        SampleKernels.write(top.resolve("Kconfig"), KCONFIG.getBytes(US_ASCII));
        SampleKernels.write(top.resolve("Kbuild"), new byte[0]);
        SampleKernels.write(top.resolve("dropped"), new byte[0]);
        SampleKernels.write(top.resolve("fixture/elf"), vmlinux);
        SampleKernels.write(top.resolve("fixture/image"), SampleKernels.bzImage(SampleKernels.Packing.GZIP, vmlinux));
        return top;
    }

    /** Runs a shell command in the middle of the build. */
    public static void hook(Path top, String command) throws IOException {
        Files.writeString(top.resolve("hooks.mk"), "HOOK = " + command.replace("$", "$$") + "\n");
    }

    /** Lines of a configuration that {@code olddefconfig} throws out. */
    public static void drop(Path top, String... lines) throws IOException {
        Files.writeString(top.resolve("dropped"), String.join("\n", lines) + "\n");
    }
}
