package dev.ktstr.vm.internal.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootFilesTest {
    private static final int ENOUGH = 0x300;

    @TempDir
    Path folder;

    private VmSpec spec(byte[] kernel, String... kernelArgs) throws IOException {
        Path file = Files.write(folder.resolve("kernel"), kernel);
        Path initramfs = Files.write(folder.resolve("initramfs"), new byte[512]);
        return new VmSpec(file, initramfs, CpuTopology.parse("1n1l1c1t"), 256, List.of(kernelArgs), folder);
    }

    private static byte[] elf(int machine) {
        return ByteBuffer.allocate(ENOUGH)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, 0x464c457f)
                .putShort(18, (short) machine)
                .array();
    }

    @Test
    void aVmlinuxForAnotherMachineIsRefusedNamingBoth() throws IOException {
        assertThatCode(() -> BootFiles.check(spec(elf(62)))).doesNotThrowAnyException();
        assertThatThrownBy(() -> BootFiles.check(spec(elf(183)))) // EM_AARCH64
                .isInstanceOf(VmException.class)
                .hasMessageContaining("is an ELF file for machine 183, wanted x86_64 (62)");
    }

    /** Documentation/arch/arm64/booting.rst: magic at byte 56. */
    @Test
    void anImageForArm64IsRefused() throws IOException {
        byte[] image = ByteBuffer.allocate(ENOUGH)
                .put(56, "ARMd".getBytes(StandardCharsets.US_ASCII))
                .array();
        assertThatThrownBy(() -> BootFiles.check(spec(image)))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("neither an ELF vmlinux nor a bzImage");
    }

    @Test
    void aCommandLineThatTheKernelWouldCutIsRefusedWithItsLength() throws IOException {
        int own = KernelCommandLine.of(spec(elf(62)), false, true).length();
        String fits = "x".repeat(2047 - own - 1);
        assertThat(KernelCommandLine.of(spec(elf(62), fits), false, true)).hasSize(2047);
        assertThatThrownBy(() -> KernelCommandLine.of(spec(elf(62), fits + "x"), false, true))
                .isInstanceOf(VmException.class)
                .hasMessageStartingWith("the kernel's command line has 2048 bytes, and a kernel for x86 takes 2047")
                .hasMessageContaining("kargs");
    }
}
