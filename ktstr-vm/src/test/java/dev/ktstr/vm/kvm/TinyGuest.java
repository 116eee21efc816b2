package dev.ktstr.vm.kvm;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** Guests of a few bytes: an ELF file with a PVH note, entered in 32-bit protected mode without paging at 1 MiB. */
final class TinyGuest {
    static final int ENTRY = 0x100000;

    private static final int CODE_AT = 0x100;
    private static final int NOTE_AT = 0xc0;
    private static final int XEN_ELFNOTE_PHYS32_ENTRY = 18;

    private TinyGuest() {}

    /** Writes the image into the folder and describes a guest that boots it. */
    static VmSpec spec(Path workDir, String topology, String hexCode) {
        try {
            Path kernel =
                    Files.write(workDir.resolve("tiny.elf"), elf(HexFormat.of().parseHex(hexCode)));
            Path initramfs = Files.write(workDir.resolve("initramfs"), new byte[512]);
            return new VmSpec(kernel, initramfs, CpuTopology.parse(topology), 256, List.of(), workDir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** System V ABI, chapter 4 (ELF-64), with one PT_LOAD and one PT_NOTE. */
    private static byte[] elf(byte[] code) {
        ByteBuffer b =
                ByteBuffer.allocate(CODE_AT + Math.max(code.length, 0x200)).order(ByteOrder.LITTLE_ENDIAN);
        b.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1}).position(16);
        b.putShort((short) 2)
                .putShort((short) 62)
                .putInt(1)
                .putLong(ENTRY)
                .putLong(64)
                .putLong(0)
                .putInt(0);
        b.putShort((short) 64).putShort((short) 56).putShort((short) 2).putShort((short) 64);
        b.putShort((short) 0).putShort((short) 0);
        programHeader(b.position(64), 1, CODE_AT, ENTRY, code.length);
        programHeader(b, 4, NOTE_AT, 0, 20);
        b.position(NOTE_AT).putInt(4).putInt(4).putInt(XEN_ELFNOTE_PHYS32_ENTRY);
        b.put(new byte[] {'X', 'e', 'n', 0}).putInt(ENTRY);
        b.position(CODE_AT).put(code);
        return b.array();
    }

    private static void programHeader(ByteBuffer b, int type, long offset, long address, long size) {
        b.putInt(type).putInt(5).putLong(offset).putLong(address).putLong(address);
        b.putLong(size).putLong(size).putLong(4);
    }
}
