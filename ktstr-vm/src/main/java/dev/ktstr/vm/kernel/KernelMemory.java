package dev.ktstr.vm.kernel;

import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.symbols.SymbolTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * A kernel's memory by virtual address, read and written from outside while it runs.
 *
 * <p>Addresses from the guest may be anything: one that is not mapped to RAM throws {@link KernelAccessException}. Safe from
 * any thread.
 */
public final class KernelMemory {
    private static final int PAGE = 4096;
    private static final int MAX_READ = 256 << 20;
    private static final int MAX_CPUS = 8192;

    /** Starts of the direct map when it is not randomized ({@code Documentation/arch/x86/x86_64/mm.rst}). */
    private static final long DIRECT_4 = 0xffff888000000000L;

    private static final long DIRECT_5 = 0xff11000000000000L;

    private final GuestMemory memory;
    private final SymbolTable symbols;
    private final KernelLocator.Found place;
    private final long directMap;
    private final long directSize;

    private KernelMemory(GuestMemory memory, SymbolTable symbols, KernelLocator.Found place) {
        this.memory = memory;
        this.symbols = symbols;
        this.place = place;
        long base = place.tables().levels() == 5 ? DIRECT_5 : DIRECT_4;
        OptionalLong variable = symbols.find("page_offset_base");
        if (variable.isPresent()) {
            base = memory.getLongAcquire(imageGpa(variable.getAsLong()));
        }
        directMap = base;
        directSize = directMapSize(base);
    }

    /** How much of the direct map may be computed instead of walked: the run of RAM from 0, if it is mapped one to one. */
    private long directMapSize(long base) {
        long probe = place.physical();
        if (place.tables().translate(base + probe) != probe) {
            return 0;
        }
        long size = 0;
        for (long step = 1L << 20; step <= memory.size(); step += 1L << 20) {
            if (!memory.contains(step - (1L << 20), 1L << 20)) {
                break;
            }
            size = step;
        }
        return size;
    }

    /**
     * Finds the kernel in the guest's memory.
     *
     * @param symbols those of that kernel, from its vmlinux or its kallsyms
     * @throws KernelAccessException when it is not there, as before it has set up its page tables
     * @throws dev.ktstr.vm.symbols.SymbolException when the symbols lack what is needed to find it
     */
    public static KernelMemory open(GuestMemory memory, SymbolTable symbols) {
        return new KernelMemory(memory, symbols, new KernelLocator(memory, symbols).find());
    }

    /** What is added to the symbols' addresses, 0 for a running kernel's kallsyms and without KASLR. */
    public long slide() {
        return place.slide();
    }

    /** Guest-physical address of the kernel's {@code _text}. */
    public long physicalBase() {
        return place.physical();
    }

    /** Levels of the page tables: 4 or 5. */
    public int pageTableLevels() {
        return place.tables().levels();
    }

    /** First address of the direct map of physical memory. */
    public long directMap() {
        return directMap;
    }

    /** The symbols, as they were given. */
    public SymbolTable symbols() {
        return symbols;
    }

    /** The address of a symbol in this kernel. @throws dev.ktstr.vm.symbols.SymbolException when there is none */
    public long symbol(String name) {
        return slid(symbols.address(name));
    }

    /** As {@link #symbol}, or empty. */
    public OptionalLong findSymbol(String name) {
        OptionalLong found = symbols.find(name);
        return found.isPresent() ? OptionalLong.of(slid(found.getAsLong())) : found;
    }

    /** Per-CPU symbols of kernels before 6.15 are offsets from 0, which KASLR does not move. */
    private long slid(long address) {
        return address < 0 ? address + place.slide() : address;
    }

    private long imageGpa(long linked) {
        return place.physical() + (slid(linked) - place.virtual());
    }

    /** Whether all of {@code [va, va + length)} is mapped to RAM. */
    public boolean isReadable(long va, int length) {
        for (long at = va, end = va + length; length >= 0 && at < end; at = (at | PAGE - 1) + 1) {
            long gpa = gpaOrNot(at);
            if (gpa == PageTables.NOT_MAPPED || !memory.contains(gpa, Math.min(end - at, PAGE - (at & PAGE - 1)))) {
                return false;
            }
            if ((at | PAGE - 1) == -1) {
                return at <= end;
            }
        }
        return length >= 0;
    }

    private long gpaOrNot(long va) {
        long direct = va - directMap;
        return direct >= 0 && direct < directSize ? direct : place.tables().translate(va);
    }

    /** The guest-physical address behind a virtual one. @throws KernelAccessException when it is not mapped */
    public long translate(long va) {
        long gpa = gpaOrNot(va);
        if (gpa == PageTables.NOT_MAPPED) {
            throw new KernelAccessException("kernel address " + describe(va) + " is not mapped");
        }
        return gpa;
    }

    private String describe(long va) {
        String hex = "0x" + Long.toHexString(va);
        boolean image = va >= place.virtual() && va < place.virtual() + (1L << 30);
        return image
                ? symbols.at(va - place.slide()).map(p -> hex + " (" + p + ")").orElse(hex)
                : hex;
    }

    /** Reads bytes. @throws KernelAccessException when they are not all mapped to RAM, or more than 256 MiB */
    public byte[] read(long va, int length) {
        if (length < 0 || length > MAX_READ) {
            throw new KernelAccessException("reading " + length + " bytes at " + describe(va) + " is refused; at most "
                    + MAX_READ + " can be read");
        }
        byte[] bytes = new byte[length];
        read(va, bytes, 0, length);
        return bytes;
    }

    /** Reads into part of an array. @throws KernelAccessException when not all is mapped to RAM */
    public void read(long va, byte[] target, int offset, int length) {
        int done = 0;
        while (done < length) {
            long at = va + done;
            int n = Math.min(length - done, PAGE - (int) (at & PAGE - 1));
            long gpa = translate(at);
            try {
                memory.read(gpa, target, offset + done, n);
            } catch (IndexOutOfBoundsException e) {
                throw notRam(at, gpa, e);
            }
            done += n;
        }
    }

    private KernelAccessException notRam(long va, long gpa, IndexOutOfBoundsException e) {
        return new KernelAccessException(
                "kernel address " + describe(va) + " is mapped to 0x" + Long.toHexString(gpa) + ", which is not RAM",
                e);
    }

    /** Writes bytes. @throws KernelAccessException when they are not all mapped to RAM; nothing is written then */
    public void write(long va, byte[] source) {
        if (!isReadable(va, source.length)) {
            throw new KernelAccessException(
                    source.length + " bytes at kernel address " + describe(va) + " are not all mapped to RAM");
        }
        int done = 0;
        while (done < source.length) {
            int n = Math.min(source.length - done, PAGE - (int) (va + done & PAGE - 1));
            memory.write(translate(va + done), source, done, n);
            done += n;
        }
    }

    /** Reads a u64; an aligned one is read at once. */
    public long readLong(long va) {
        if ((va & Long.BYTES - 1) == 0) {
            long gpa = translate(va);
            try {
                return memory.getLongAcquire(gpa);
            } catch (IndexOutOfBoundsException e) {
                throw notRam(va, gpa, e);
            }
        }
        return ByteBuffer.wrap(read(va, Long.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
    }

    /** Reads a u32; an aligned one is read at once. */
    public int readInt(long va) {
        if ((va & Integer.BYTES - 1) == 0) {
            long gpa = translate(va);
            try {
                return memory.getIntAcquire(gpa);
            } catch (IndexOutOfBoundsException e) {
                throw notRam(va, gpa, e);
            }
        }
        return ByteBuffer.wrap(read(va, Integer.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN)
                .getInt();
    }

    /** Writes an aligned u32 at once. */
    public void writeInt(long va, int value) {
        long gpa = translate(va);
        try {
            memory.putIntRelease(gpa, value);
        } catch (IndexOutOfBoundsException e) {
            throw notRam(va, gpa, e);
        }
    }

    /** Writes an aligned u64 at once. */
    public void writeLong(long va, long value) {
        long gpa = translate(va);
        try {
            memory.putLongRelease(gpa, value);
        } catch (IndexOutOfBoundsException e) {
            throw notRam(va, gpa, e);
        }
    }

    /** Reads text up to its zero byte or {@code max} bytes. */
    public String readText(long va, int max) {
        byte[] bytes = new byte[max];
        int length = 0;
        while (length < max) {
            int n = Math.min(max - length, PAGE - (int) (va + length & PAGE - 1));
            read(va + length, bytes, length, n);
            for (int end = length + n; length < end; length++) {
                if (bytes[length] == 0) {
                    return new String(bytes, 0, length, StandardCharsets.UTF_8);
                }
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * Reads bytes until two readings in a row agree, so that they are a state that the memory was in, not one half of one
     * state and half of the next.
     *
     * @param attempts how often at most
     * @return the bytes, or empty when they never stood still; the reader should then take fewer at once, or freeze
     */
    public Optional<byte[]> readStable(long va, int length, int attempts) {
        return stable(() -> read(va, length), attempts);
    }

    /** As {@link #readStable}, for whatever {@code reading} gathers. */
    public static Optional<byte[]> stable(Supplier<byte[]> reading, int attempts) {
        byte[] last = reading.get();
        for (int i = 1; i < attempts; i++) {
            byte[] next = reading.get();
            if (Arrays.equals(last, next)) {
                return Optional.of(next);
            }
            last = next;
        }
        return Optional.empty();
    }

    /**
     * The address of a per-CPU variable on one CPU.
     *
     * @param variable address of its symbol, or a per-CPU pointer from the kernel's memory
     * @throws KernelAccessException when the CPU does not exist, or its area is not set up yet
     */
    public long perCpu(long variable, int cpu) {
        if (cpu < 0 || cpu >= MAX_CPUS) {
            throw new KernelAccessException("there is no CPU " + cpu);
        }
        long offset = readLong(symbol("__per_cpu_offset") + (long) cpu * Long.BYTES);
        if (offset == 0 || !place.tables().isCanonical(variable + offset)) {
            throw new KernelAccessException("the per-CPU area of CPU " + cpu + " is not set up");
        }
        return variable + offset;
    }

    /** CPUs that may ever be online, in order. */
    public int[] possibleCpus() {
        long mask = symbol("__cpu_possible_mask");
        OptionalLong ids = findSymbol("nr_cpu_ids");
        int limit = ids.isPresent() ? Math.min(MAX_CPUS, Math.max(0, readInt(ids.getAsLong()))) : Long.SIZE;
        int[] cpus = new int[limit];
        int count = 0;
        for (int cpu = 0; cpu < limit; cpu++) {
            if ((readLong(mask + (cpu / Long.SIZE) * 8L) >>> cpu & 1) != 0) {
                cpus[count++] = cpu;
            }
        }
        return Arrays.copyOf(cpus, count);
    }
}
