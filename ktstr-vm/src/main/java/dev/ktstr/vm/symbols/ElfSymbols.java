package dev.ktstr.vm.symbols;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code .symtab} of a 64-bit little-endian ELF file (elf(5)). */
public final class ElfSymbols {
    private static final int SHT_SYMTAB = 2;
    private static final int HEADER = 64;
    private static final int SECTION = 64;
    private static final int ENTRY = 24;
    private static final int MAX_TABLE = 256 << 20;
    private static final int STT_SECTION = 3;
    private static final int STT_FILE = 4;

    private final FileChannel file;
    private final long size;

    private ElfSymbols(FileChannel file) throws IOException {
        this.file = file;
        this.size = file.size();
    }

    /**
     * Reads the symbols of vmlinux.
     *
     * @throws SymbolException when the file is no such ELF file, is damaged, or was stripped of its symbols, as one that was
     *     unpacked from a distribution's image always is
     */
    public static SymbolTable read(Path vmlinux) throws IOException {
        try (FileChannel file = FileChannel.open(vmlinux)) {
            return new ElfSymbols(file).read(vmlinux.toString());
        }
    }

    private SymbolTable read(String name) throws IOException {
        ByteBuffer header = bytes(0, HEADER, name);
        if (header.getInt(0) != 0x464c457f || header.get(4) != 2 || header.get(5) != 1) {
            throw new SymbolException(name + " is no 64-bit little-endian ELF file");
        }
        int count = Short.toUnsignedInt(header.getShort(60));
        if (Short.toUnsignedInt(header.getShort(58)) != SECTION) {
            throw new SymbolException(name + " has no section headers that could be read");
        }
        ByteBuffer sections = bytes(header.getLong(40), count * SECTION, name);
        for (int i = 0; i < count; i++) {
            int at = i * SECTION;
            if (sections.getInt(at + 4) == SHT_SYMTAB) {
                int strings = sections.getInt(at + 40);
                if (strings <= 0 || strings >= count) {
                    throw new SymbolException(name + ": the symbol table names section " + strings + " of " + count);
                }
                return new SymbolTable(
                        symbols(section(sections, at, name), section(sections, strings * SECTION, name), name));
            }
        }
        throw new SymbolException(
                name + " has no symbol table; use the text of /proc/kallsyms of a guest that runs it");
    }

    private ByteBuffer section(ByteBuffer sections, int at, String name) throws IOException {
        long length = sections.getLong(at + 32);
        if (length < 0 || length > MAX_TABLE) {
            throw new SymbolException(name + " has a table of " + Long.toUnsignedString(length) + " bytes");
        }
        return bytes(sections.getLong(at + 24), (int) length, name);
    }

    private ByteBuffer bytes(long offset, int length, String name) throws IOException {
        if (offset < 0 || offset > size || length > size - offset) {
            throw new SymbolException(name + " is cut off: it has " + size + " bytes, and needs " + length + " at "
                    + Long.toUnsignedString(offset));
        }
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (file.read(buffer, offset + buffer.position()) < 0) {
                throw new SymbolException(name + " became shorter while it was read");
            }
        }
        return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    private static List<SymbolTable.Symbol> symbols(ByteBuffer table, ByteBuffer strings, String file) {
        List<SymbolTable.Symbol> symbols = new ArrayList<>(table.capacity() / ENTRY);
        for (int at = 0; at + ENTRY <= table.limit(); at += ENTRY) {
            int type = table.get(at + 4) & 0xf;
            String name = string(strings, table.getInt(at), file);
            // Section index 0: undefined here.
            if (type != STT_SECTION && type != STT_FILE && table.getShort(at + 6) != 0 && !name.isEmpty()) {
                symbols.add(new SymbolTable.Symbol(name, table.getLong(at + 8)));
            }
        }
        return symbols;
    }

    private static String string(ByteBuffer strings, int offset, String file) {
        if (offset < 0 || offset >= strings.limit()) {
            throw new SymbolException(file + ": a symbol's name lies at " + Integer.toUnsignedString(offset) + " of "
                    + strings.limit() + " bytes of names");
        }
        int end = offset;
        while (end < strings.limit() && strings.get(end) != 0) {
            end++;
        }
        byte[] name = new byte[end - offset];
        strings.get(offset, name);
        return new String(name, StandardCharsets.UTF_8);
    }
}
