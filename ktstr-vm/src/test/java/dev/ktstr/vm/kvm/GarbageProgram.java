package dev.ktstr.vm.kvm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Makes a guest of any bytes: ten of them are one access to a port or an address, and in the end it powers off. */
final class GarbageProgram {
    private static final int ACCESS_BYTES = 10;
    private static final int MOST_ACCESSES = 200;

    /** Where string instructions read and write, and how often at most. */
    private static final int BUFFER = 0x200000;

    private static final int MOST_ITEMS = 0x3f;

    /** 66 ba 04 06: mov $0x604,%dx; 66 b8 00 20: mov $0x2000,%ax; 66 ef: out %ax,(%dx). */
    private static final String POWER_OFF = "66ba0406" + "66b80020" + "66ef";

    /** By the lowest four bits of the first byte; %edx holds the port, %eax the value, %esi and %edi the buffer. */
    private static final String[] AT_PORTS = {
        "ee", "66ef", "ef", // out %al, %ax, %eax
        "ec", "66ed", "ed", // in
        "f36e", "f3666f", "f36f", // rep outs of bytes, words, doublewords
        "f36c", "f3666d", "f36d", // rep ins
        "6e", "6d", "ee", "ef"
    };

    /** The same; the address follows the opcode. */
    private static final String[] AT_ADDRESSES = {
        "a2",
        "66a3",
        "a3", // mov %al, %ax, %eax to it
        "a0",
        "66a1",
        "a1", // mov from it
        "ff05",
        "66ff05",
        "fe05", // inc
        "f0ff05",
        "0fb605",
        "0fb705", // lock inc; movzx
        "8705",
        "0105",
        "8605",
        "3905" // xchg, add, xchg, cmp
    };

    private GarbageProgram() {}

    /** The program's code in hexadecimal digits. */
    static String of(byte[] data) {
        ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (int i = 0; i < MOST_ACCESSES && bytes.remaining() >= ACCESS_BYTES; i++) {
            int kind = bytes.get() & 0xff;
            int count = bytes.get() & MOST_ITEMS;
            int place = bytes.getInt();
            immediate(code, 0xb8, bytes.getInt()); // mov $value,%eax
            if ((kind & 0x80) == 0) {
                immediate(code, 0xba, place & 0xffff); // mov $port,%edx
                immediate(code, 0xb9, count); // mov $count,%ecx
                immediate(code, 0xbe, BUFFER); // mov $buffer,%esi
                immediate(code, 0xbf, BUFFER); // mov $buffer,%edi
                code.writeBytes(HexFormat.of().parseHex(AT_PORTS[kind & 15]));
            } else {
                code.writeBytes(HexFormat.of().parseHex(AT_ADDRESSES[kind & 15]));
                word(code, address(kind >> 4 & 7, place));
            }
        }
        code.writeBytes(HexFormat.of().parseHex(POWER_OFF));
        return HexFormat.of().formatHex(code.toByteArray());
    }

    /** Anywhere; around the end of RAM; the APICs; the hole that firmware leaves; never the code itself. */
    private static int address(int where, int place) {
        return switch (where) {
            case 0, 1 -> place | 0x10000000;
            case 2, 3 -> 0x0ffffff8 + (place & 15);
            case 4 -> 0xfee00000 + (place & 0xfff);
            case 5 -> 0xfec00000 + (place & 0xff);
            case 6 -> 0xa0000 + (place & 0x1ffff);
            default -> 0xfffffff0 + (place & 15);
        };
    }

    private static void immediate(ByteArrayOutputStream code, int opcode, int value) {
        code.write(opcode);
        word(code, value);
    }

    private static void word(ByteArrayOutputStream code, int value) {
        code.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }
}
