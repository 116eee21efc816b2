package dev.ktstr.vm.kvm.aarch64;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.MemoryMap;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where an arm64 {@code Image}, its device tree and its initial RAM disk go, and how the first CPU starts
 * (Documentation/arch/arm64/booting.rst).
 *
 * @param kernel where the image is copied, and all memory it uses
 * @param tree where the device tree is copied, at most {@link #TREE_BYTES} of it; the first CPU's X0
 * @param initrd where the initial RAM disk is copied, or null
 */
public record ArmBootPlan(
        MemoryRange kernel, MemoryRange tree, @Nullable MemoryRange initrd) {
    /** Bytes of the image that must be given to {@link #make}. */
    public static final int HEADER_BYTES = 64;

    /** The most that a device tree may have. */
    public static final int TREE_BYTES = 2 << 20;

    /** The first CPU's PSTATE: EL1 with its own stack pointer, all interrupts masked. */
    public static final long PSTATE = 0x3c5;

    private static final int TEXT_OFFSET = 8;
    private static final int IMAGE_SIZE = 16;
    private static final int FLAGS = 24;
    private static final int MAGIC_AT = 56;
    private static final int MAGIC = 0x644d5241; // "ARM\x64"
    private static final int BIG_ENDIAN = 1;
    private static final long BASE_ALIGNMENT = 2 << 20;
    private static final long PAGE = 4096;
    private static final long MOST_MEMORY = 1L << 30;

    /**
     * Reads the image's header and finds the places.
     *
     * @param head the image's first {@link #HEADER_BYTES} bytes
     * @param fileBytes the image's size in the file
     * @param initrdBytes the RAM disk's size, 0 for none
     * @throws VmException when it is no little-endian arm64 image, or something does not fit
     */
    public static ArmBootPlan make(byte[] head, long fileBytes, long initrdBytes, ArmMachine machine) {
        MemoryRange kernel = kernel(head, fileBytes);
        MemoryRange node0 = machine.memory().get(0);
        List<MemoryRange> free = MemoryMap.without(node0, List.of(machine.window()));
        if (free.stream().noneMatch(r -> r.contains(kernel))) {
            throw new VmException(
                    "the kernel wants " + kernel + ", and the guest's RAM is " + free + "; build the kernel smaller");
        }
        long treeAt = roundUp(kernel.end(), BASE_ALIGNMENT);
        MemoryRange tree = new MemoryRange(treeAt, TREE_BYTES);
        if (free.stream().noneMatch(r -> r.contains(tree))) {
            throw new VmException("behind the kernel (" + kernel + ") there is no room for the device tree, up to "
                    + machine.window() + "; build the kernel smaller");
        }
        if (initrdBytes == 0) {
            return new ArmBootPlan(kernel, tree, null);
        }
        MemoryRange place = free.stream()
                .flatMap(r -> MemoryMap.without(r, List.of(kernel, tree)).stream())
                .filter(r -> (r.end() & -PAGE) - roundUp(initrdBytes, PAGE) >= r.start())
                .max(Comparator.comparingLong(MemoryRange::start))
                .orElseThrow(() -> new VmException("the initramfs of " + (initrdBytes >> 10)
                        + " KiB does not fit into node 0's RAM beside the kernel; raise memoryMb"));
        long start = (place.end() & -PAGE) - roundUp(initrdBytes, PAGE);
        return new ArmBootPlan(kernel, tree, new MemoryRange(start, initrdBytes));
    }

    private static MemoryRange kernel(byte[] head, long fileBytes) {
        ByteBuffer header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (head.length < HEADER_BYTES || header.getInt(MAGIC_AT) != MAGIC) {
            throw new VmException("the kernel is no arm64 Image (compressed ones must be unpacked first)");
        }
        if ((header.getLong(FLAGS) & BIG_ENDIAN) != 0) {
            throw new VmException("the kernel is a big-endian arm64 Image; this machine is little-endian");
        }
        long textOffset = header.getLong(TEXT_OFFSET);
        long memory = header.getLong(IMAGE_SIZE);
        boolean good = textOffset >= 0
                && textOffset < MOST_MEMORY
                && memory > 0
                && memory <= MOST_MEMORY
                && fileBytes >= HEADER_BYTES
                && fileBytes <= memory;
        if (!good) {
            throw new VmException("the kernel's arm64 header is absurd: " + memory + " bytes of memory for a file of "
                    + fileBytes + ", at offset " + textOffset);
        }
        return new MemoryRange(ArmLayout.RAM_BASE + textOffset, memory);
    }

    private static long roundUp(long value, long alignment) {
        return value + alignment - 1 & -alignment;
    }
}
