package dev.ktstr.guest;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the dynamic linker needs to know of an ELF file: its kind, its interpreter and its libraries. Layout after the
 * System V ABI, chapters 4 and 5. The file is hostile input: every offset is checked against its size before it is used.
 *
 * @param is64 whether its class is ELFCLASS64
 * @param littleEndian whether its data is ELFDATA2LSB
 * @param type {@code e_type}
 * @param machine {@code e_machine}
 * @param interpreter {@code PT_INTERP}
 * @param needed {@code DT_NEEDED}, in order
 * @param rpath {@code DT_RPATH}, split at colons
 * @param runpath {@code DT_RUNPATH}, split at colons
 */
record ElfFile(
        boolean is64,
        boolean littleEndian,
        int type,
        int machine,
        Optional<String> interpreter,
        List<String> needed,
        List<String> rpath,
        List<String> runpath) {
    static final int ET_EXEC = 2;
    static final int ET_DYN = 3;
    static final int EM_X86_64 = 62;

    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;
    private static final int DT_NEEDED = 1;
    private static final int DT_STRTAB = 5;
    private static final int DT_STRSZ = 10;
    private static final int DT_RPATH = 15;
    private static final int DT_RUNPATH = 29;
    private static final int MAX_TABLE = 16 << 20;
    private static final int MAX_PATH = 4096;

    /** Bytes of a file, by offset. */
    interface Content {
        long size();

        /** Reads exactly so many bytes; both arguments have been checked against the size. */
        byte[] read(long offset, int length) throws IOException;

        /** The content of an array. */
        static Content of(byte[] bytes) {
            return new Content() {
                @Override
                public long size() {
                    return bytes.length;
                }

                @Override
                public byte[] read(long offset, int length) {
                    // copyOfRange alone would fill up with zeros and hide a missing check
                    java.util.Objects.checkFromIndexSize(offset, (long) length, (long) bytes.length);
                    return java.util.Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
                }
            };
        }
    }

    private record Segment(int type, long offset, long vaddr, long fileSize) {}

    /** Reads a file; the message of what is thrown does not begin with its name. */
    static ElfFile read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            return parse(new Content() {
                @Override
                public long size() {
                    return size;
                }

                @Override
                public byte[] read(long offset, int length) throws IOException {
                    ByteBuffer target = ByteBuffer.allocate(length);
                    while (target.hasRemaining()) {
                        if (channel.read(target, offset + target.position()) < 0) {
                            throw new ElfException("it became shorter while it was read");
                        }
                    }
                    return target.array();
                }
            });
        }
    }

    /** Parses content. */
    static ElfFile parse(Content content) throws IOException {
        byte[] ident = content.read(0, (int) Math.min(content.size(), 64));
        if (ident.length < 4 || ident[0] != 0x7f || ident[1] != 'E' || ident[2] != 'L' || ident[3] != 'F') {
            throw new ElfException(describeForeign(ident));
        }
        if (ident.length < 52 || ident[4] < 1 || ident[4] > 2 || ident[5] < 1 || ident[5] > 2) {
            throw new ElfException("it is a damaged ELF file: its header is cut short or of unknown class");
        }
        return new Parser(content, ident[4] == 2, ident[5] == 1).parse();
    }

    private static String describeForeign(byte[] start) {
        if (start.length == 0) {
            return "it is empty";
        } else if (start.length >= 2 && start[0] == '#' && start[1] == '!') {
            String line = new String(start, 2, start.length - 2, StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .orElse("")
                    .trim();
            return "it is a script for '" + line
                    + "', not an ELF program; the guest has no interpreters, so name the program that the script starts";
        }
        return "it is not an ELF program";
    }

    /** The name of a machine, for messages. */
    static String machineName(int machine) {
        return switch (machine) {
            case 3 -> "i386";
            case 8 -> "mips";
            case 20 -> "ppc";
            case 21 -> "ppc64";
            case 22 -> "s390x";
            case 40 -> "arm";
            case EM_X86_64 -> "x86_64";
            case 183 -> "aarch64";
            case 243 -> "riscv";
            case 247 -> "bpf";
            case 258 -> "loongarch";
            default -> "machine " + machine;
        };
    }

    /** One pass over one file. */
    private static final class Parser {
        private final Content content;
        private final boolean is64;
        private final boolean little;
        private final List<Segment> segments = new ArrayList<>();

        Parser(Content content, boolean is64, boolean little) {
            this.content = content;
            this.is64 = is64;
            this.little = little;
        }

        ElfFile parse() throws IOException {
            ByteBuffer header = slice("the header", 0, is64 ? 64 : 52);
            int type = Short.toUnsignedInt(header.getShort(16));
            int machine = Short.toUnsignedInt(header.getShort(18));
            if (is64) {
                readSegments(header.getLong(32), header.getShort(54), header.getShort(56));
            }
            // Of another class only class and machine are told: it is refused anyhow.
            Optional<String> interpreter = Optional.empty();
            List<String> needed = List.of();
            List<String> rpath = List.of();
            List<String> runpath = List.of();
            for (Segment segment : segments) {
                if (segment.type == PT_INTERP) {
                    interpreter = Optional.of(interpreter(segment));
                } else if (segment.type == PT_DYNAMIC) {
                    ByteBuffer dynamic = slice("the dynamic section", segment.offset, segment.fileSize);
                    ByteBuffer strings = strings(dynamic);
                    needed = texts(dynamic, DT_NEEDED, strings);
                    rpath = paths(texts(dynamic, DT_RPATH, strings));
                    runpath = paths(texts(dynamic, DT_RUNPATH, strings));
                }
            }
            return new ElfFile(is64, little, type, machine, interpreter, needed, rpath, runpath);
        }

        private void readSegments(long offset, short entrySize, short count) throws IOException {
            if (count == 0) {
                return;
            }
            int size = Short.toUnsignedInt(entrySize);
            if (size < 56) {
                throw damaged("its program headers have " + size + " bytes each, 56 are needed");
            }
            int n = Short.toUnsignedInt(count);
            ByteBuffer table = slice("the program headers", offset, (long) size * n);
            for (int i = 0; i < n; i++) {
                int at = i * size;
                segments.add(new Segment(
                        table.getInt(at), table.getLong(at + 8), table.getLong(at + 16), table.getLong(at + 32)));
            }
        }

        private String interpreter(Segment segment) throws IOException {
            if (segment.fileSize > MAX_PATH) {
                throw damaged("the name of its interpreter has " + segment.fileSize + " bytes");
            }
            ByteBuffer name = slice("the name of its interpreter", segment.offset, segment.fileSize);
            return text(name, 0, "the name of its interpreter");
        }

        private ByteBuffer strings(ByteBuffer dynamic) throws IOException {
            long address = value(dynamic, DT_STRTAB);
            long size = value(dynamic, DT_STRSZ);
            for (Segment load : segments) {
                long within = address - load.vaddr;
                if (load.type == PT_LOAD && within >= 0 && within < load.fileSize && size <= load.fileSize - within) {
                    if (load.offset > Long.MAX_VALUE - within) {
                        break;
                    }
                    return slice("the dynamic strings", load.offset + within, size);
                }
            }
            throw damaged("its dynamic strings are in no segment of the file");
        }

        private long value(ByteBuffer dynamic, int tag) {
            for (int at = 0; at + 16 <= dynamic.limit() && dynamic.getLong(at) != 0; at += 16) {
                if (dynamic.getLong(at) == tag) {
                    return dynamic.getLong(at + 8);
                }
            }
            return 0;
        }

        private List<String> texts(ByteBuffer dynamic, int tag, ByteBuffer strings) {
            List<String> found = new ArrayList<>();
            for (int at = 0; at + 16 <= dynamic.limit() && dynamic.getLong(at) != 0; at += 16) {
                if (dynamic.getLong(at) == tag) {
                    found.add(text(strings, dynamic.getLong(at + 8), "a dynamic string"));
                }
            }
            return found;
        }

        private static List<String> paths(List<String> texts) {
            return texts.stream()
                    .flatMap(text -> java.util.Arrays.stream(text.split(":", -1)))
                    .filter(path -> !path.isEmpty())
                    .toList();
        }

        private String text(ByteBuffer in, long offset, String what) {
            if (offset < 0 || offset >= in.limit()) {
                throw damaged(what + " begins outside its table");
            }
            int end = (int) offset;
            while (end < in.limit() && in.get(end) != 0) {
                end++;
            }
            if (end == in.limit() || end - offset > MAX_PATH) {
                throw damaged(what + " does not end");
            }
            byte[] bytes = new byte[end - (int) offset];
            in.get((int) offset, bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }

        private ByteBuffer slice(String what, long offset, long length) throws IOException {
            if (offset < 0 || length < 0 || offset > content.size() || length > content.size() - offset) {
                throw damaged(
                        what + " should be " + length + " bytes at " + offset + ", but the file has " + content.size());
            }
            if (length > MAX_TABLE) {
                throw damaged(what + " has " + length + " bytes");
            }
            return ByteBuffer.wrap(content.read(offset, (int) length))
                    .order(little ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        }

        private static ElfException damaged(String what) {
            return new ElfException("it is a damaged ELF file: " + what);
        }
    }
}
