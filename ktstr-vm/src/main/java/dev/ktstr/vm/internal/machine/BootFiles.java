package dev.ktstr.vm.internal.machine;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Looks at kernel, initramfs and working folder before a machine is made: QEMU takes any file for some kernel, and a wrong one
 * gives a guest that hangs in silence.
 */
public final class BootFiles {
    /** Offset of {@code HdrS} in a bzImage (Documentation/arch/x86/boot.rst, header at 0x1f1, magic at 0x202). */
    private static final int BZIMAGE_MAGIC_AT = 0x202;

    private static final int BZIMAGE_MAGIC = 0x53726448;
    private static final int ELF_MAGIC = 0x464c457f;
    private static final int EM_X86_64_AT = 18;
    private static final int EM_X86_64 = 62;

    private BootFiles() {}

    /**
     * Checks.
     *
     * @throws VmException naming the file and what is wrong with it
     */
    public static void check(VmSpec spec) {
        if (!Files.isDirectory(spec.workDir()) || !Files.isWritable(spec.workDir())) {
            throw new VmException("working folder " + spec.workDir() + " is not a folder that can be written to");
        }
        readable("initramfs", spec.initramfs());
        readable("kernel", spec.kernel());
        ByteBuffer head;
        try (InputStream in = Files.newInputStream(spec.kernel())) {
            head = ByteBuffer.wrap(in.readNBytes(BZIMAGE_MAGIC_AT + 4)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new VmException("kernel " + spec.kernel() + " could not be read: " + e.getMessage(), e);
        }
        boolean whole = head.capacity() == BZIMAGE_MAGIC_AT + 4;
        boolean elf = whole && head.getInt(0) == ELF_MAGIC;
        if (elf && head.getShort(EM_X86_64_AT) != EM_X86_64) {
            throw new VmException("kernel " + spec.kernel() + " is an ELF file for machine "
                    + head.getShort(EM_X86_64_AT) + ", wanted x86_64 (" + EM_X86_64 + ")");
        }
        if (!elf && !(whole && head.getInt(BZIMAGE_MAGIC_AT) == BZIMAGE_MAGIC)) {
            throw new VmException("kernel " + spec.kernel() + " is neither an ELF vmlinux nor a bzImage; it is damaged,"
                    + " or another kind of file. Fetch or build it again");
        }
    }

    private static void readable(String what, Path file) {
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new VmException(
                    what + " " + file + (Files.exists(file) ? " is not a readable file" : " does not exist"));
        }
    }
}
