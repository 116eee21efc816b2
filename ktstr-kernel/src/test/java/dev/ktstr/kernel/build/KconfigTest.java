package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.build.Kconfig.Base;
import dev.ktstr.kernel.build.Kconfig.Option;
import dev.ktstr.kernel.build.Kconfig.Origin;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KconfigTest {
    @TempDir
    Path dir;

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void ourFragmentHasWhatSchedulersProbesAndTheAgentNeed(Architecture architecture) {
        Map<String, String> asked = Kconfig.of(architecture, Base.TINYCONFIG, null).options().stream()
                .collect(Collectors.toMap(Option::name, Option::value));

        assertThat(asked)
                .containsEntry("SCHED_CLASS_EXT", "y")
                .containsEntry("DEBUG_INFO_BTF", "y")
                .containsEntry("BPF_JIT", "y")
                .containsEntry("ADVISE_SYSCALLS", "y")
                .containsEntry("SCHEDSTATS", "y")
                .containsEntry("KPROBES", "y")
                .containsEntry("FUNCTION_TRACER", "y")
                .containsEntry("CPUSETS", "y")
                .containsEntry("NUMA", "y")
                .containsEntry("DEVMEM", "y")
                .containsEntry("SERIAL_8250_CONSOLE", "y")
                .containsEntry("RANDOMIZE_BASE", "n");
    }

    @Test
    void everyGroupOfOurFragmentHasItsReason() throws IOException {
        for (String name : List.of("common.config", "x86_64.config", "aarch64.config")) {
            String text = new String(
                    Kconfig.class.getResourceAsStream(name).readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII);
            boolean options = false;
            for (String group : text.split("\n\n+", -1)) {
                boolean sets = group.lines().anyMatch(l -> l.startsWith("CONFIG_") || l.endsWith(" is not set"));
                boolean says = group.lines().anyMatch(l -> l.startsWith("# ") && !l.endsWith(" is not set"));
                assertThat(!sets || says || group.startsWith("#:optional"))
                        .as(name + ":\n" + group)
                        .isTrue();
                options |= sets;
            }
            assertThat(options).isTrue();
        }
    }

    @Test
    void theHashFollowsArchitectureBaseAndOptions() throws IOException {
        Path extra = Files.writeString(dir.resolve("extra"), "# mine\nCONFIG_X=\"a b\"\n\n# CONFIG_PSI is not set\n");
        String plain = Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, null).hash();

        assertThat(plain).matches("[0-9a-f]{8}");
        assertThat(List.of(
                        plain,
                        Kconfig.of(Architecture.AARCH64, Base.TINYCONFIG, null).hash(),
                        Kconfig.of(Architecture.X86_64, Base.DEFCONFIG, null).hash(),
                        Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, extra).hash()))
                .doesNotHaveDuplicates();
        assertThat(Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, null).hash())
                .isEqualTo(plain);
    }

    @Test
    void theUsersOptionsWinOverOursAndOursOverTheBase() throws IOException {
        Path extra = Files.writeString(dir.resolve("extra"), "# CONFIG_PSI is not set\nCONFIG_NR_CPUS=8\nCONFIG_X=m\n");
        Kconfig kconfig = Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, extra);

        List<String> lines = kconfig.over("# CONFIG_SMP is not set\nCONFIG_KEPT=y\nCONFIG_NR_CPUS=2\n# text\n")
                .lines()
                .toList();

        assertThat(lines)
                .contains("CONFIG_SMP=y", "CONFIG_KEPT=y", "CONFIG_NR_CPUS=8", "# CONFIG_PSI is not set", "CONFIG_X=m")
                .doesNotContain("CONFIG_PSI=y", "CONFIG_NR_CPUS=2", "CONFIG_NR_CPUS=512", "# CONFIG_SMP is not set")
                .doesNotHaveDuplicates();
        assertThat(kconfig.options())
                .contains(new Option("PSI", "n", Origin.USER), new Option("PREEMPT_LAZY", "y", Origin.OURS_IF_KNOWN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"PSI=y", "CONFIG_PSI", "CONFIG_PSI = y", "CONFIG_PSI=y # why", "CONFIG_X=\"open", "include x"})
    void aLineThatIsNoneOfAConfigurationIsNamed(String line) throws IOException {
        Path extra = Files.writeString(dir.resolve("extra"), "CONFIG_A=y\n" + line + "\n");

        assertThatThrownBy(() -> Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, extra))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith(extra + ":2: '" + line + "' is no line of a kernel configuration");
    }

    @Test
    void aFileThatCannotBeReadIsNamed() throws IOException {
        assertThatThrownBy(() -> Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, dir.resolve("none")))
                .hasMessage("cannot read the kernel configuration " + dir.resolve("none") + ": it does not exist");
        assertThatThrownBy(() -> Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, dir))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("cannot read the kernel configuration " + dir);
        Path big = Files.write(dir.resolve("big"), new byte[2 << 20]);
        assertThatThrownBy(() -> Kconfig.of(Architecture.X86_64, Base.TINYCONFIG, big))
                .hasMessageContaining("is no kernel configuration: it has 2097152 bytes");
    }

    @Test
    void namesThatAreNoneAreRefused() {
        assertThatThrownBy(() -> Base.named("allyesconfig")).hasMessageContaining("tinyconfig or defconfig");
        assertThatThrownBy(() -> Architecture.named("riscv64")).hasMessageContaining("x86_64 or aarch64");
        assertThatThrownBy(() -> Compiler.named("icc", Architecture.X86_64, Architecture.X86_64))
                .hasMessageContaining("gcc or clang");
        assertThat(Architecture.named("arm64")).isEqualTo(Architecture.AARCH64);
        assertThat(Base.named("defconfig")).isEqualTo(Base.DEFCONFIG);
    }

    @ParameterizedTest
    @CsvSource({
        "gcc,      x86_64,  ARCH=x86_64,                                        gcc,                      gcc",
        "gcc-14,   x86_64,  ARCH=x86_64 CC=gcc-14,                              gcc-14,                   gcc-14",
        "clang,    x86_64,  ARCH=x86_64 LLVM=1,                                 clang,                    clang",
        "clang-19, x86_64,  ARCH=x86_64 LLVM=-19,                               clang-19,                 clang-19",
        "gcc,      aarch64, ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu-,        aarch64-linux-gnu-gcc,    "
                + "gcc-aarch64-linux-gnu",
        "gcc-14,   aarch64, ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- CC=aarch64-linux-gnu-gcc-14, "
                + "aarch64-linux-gnu-gcc-14, gcc-14-aarch64-linux-gnu",
        "clang-19, aarch64, ARCH=arm64 LLVM=-19,                                clang-19,                 clang-19",
    })
    void makeIsToldArchitectureAndCompiler(String name, String target, String arguments, String cc, String debian) {
        Compiler compiler = Compiler.named(name, Architecture.named(target), Architecture.X86_64);
        Make make = new Make(
                Path.of("/src"),
                Path.of("/obj"),
                Path.of("/log"),
                compiler.makeArguments(),
                "x",
                java.time.Duration.ZERO);

        assertThat(String.join(" ", make.command(List.of("-j3", "Image"))))
                .isEqualTo("make -C /src O=/obj " + arguments + " -j3 Image");
        assertThat(compiler.cc()).isEqualTo(cc);
        assertThat(compiler.debianPackage()).isEqualTo(debian);
    }

    @Test
    void theImageOfEachArchitectureIsWhereMakePutsIt() {
        assertThat(Architecture.X86_64.imagePath()).isEqualTo("arch/x86/boot/bzImage");
        assertThat(Architecture.AARCH64.imagePath()).isEqualTo("arch/arm64/boot/Image");
    }
}
