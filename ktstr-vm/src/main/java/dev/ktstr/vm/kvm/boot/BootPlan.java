package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.MemoryMap;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where kernel and initial RAM disk go.
 *
 * @param kernel at its place
 * @param initrd its range, or null when there is none
 */
record BootPlan(KernelImage kernel, @Nullable MemoryRange initrd) {
    private static final long PAGE = 4096;

    /**
     * Finds the places: the kernel where it wants to be, or if that is not free and it can be moved, at the lowest address
     * that fits; the RAM disk as high in the first range of RAM below 4 GiB as the kernel allows.
     *
     * @throws VmException when one does not fit, with all sizes
     */
    static BootPlan make(KernelImage kernel, long initrdBytes, MemoryMap map) {
        KernelImage placed = place(kernel, map);
        if (initrdBytes == 0) {
            return new BootPlan(placed, null);
        }
        long length = initrdBytes + PAGE - 1 & -PAGE;
        MemoryRange initrd = free(map, placed.footprint()).stream()
                .flatMap(r -> highest(r, length, placed.initrdMax()).stream())
                .max(Comparator.comparingLong(MemoryRange::start))
                .orElseThrow(() -> new VmException("the initramfs of " + (initrdBytes >> 10)
                        + " KiB does not fit into the guest's RAM beside the kernel (" + placed.footprint()
                        + "); free below 4 GiB: " + free(map, placed.footprint()) + ". Raise memoryMb"));
        return new BootPlan(placed, new MemoryRange(initrd.start(), initrdBytes));
    }

    private static KernelImage place(KernelImage kernel, MemoryMap map) {
        MemoryRange wanted = kernel.footprint();
        List<MemoryRange> ram = low(map);
        if (ram.stream().anyMatch(r -> r.contains(wanted))) {
            return kernel;
        }
        if (kernel.alignment() > 0) {
            for (MemoryRange range : ram) {
                long start = range.start() + kernel.alignment() - 1 & -kernel.alignment();
                if (start >= range.start() && start <= range.end() - wanted.length()) {
                    return kernel.movedTo(start);
                }
            }
        }
        throw new VmException(
                "the kernel wants " + wanted.length() / 1024 + " KiB at 0x" + Long.toHexString(wanted.start())
                        + (kernel.alignment() > 0 ? " or anywhere else" : "") + ", and the guest's RAM is " + ram
                        + ". Raise memoryMb, or build the kernel smaller");
    }

    /** RAM above the first MiB and below 4 GiB. */
    private static List<MemoryRange> low(MemoryMap map) {
        return map.ram().stream()
                .filter(r -> r.start() >= MemoryMap.EXTENDED_START && r.end() <= 1L << 32)
                .toList();
    }

    private static List<MemoryRange> free(MemoryMap map, MemoryRange kernel) {
        List<MemoryRange> free = new ArrayList<>();
        low(map).forEach(r -> free.addAll(MemoryMap.without(r, List.of(kernel))));
        return free;
    }

    /** The highest place for {@code length} bytes in a range whose last byte is at or below {@code last}. */
    private static Optional<MemoryRange> highest(MemoryRange range, long length, long last) {
        long end = Math.min(range.end(), last + 1) & -PAGE;
        long start = end - length;
        return start >= (range.start() + PAGE - 1 & -PAGE)
                ? Optional.of(new MemoryRange(start, length))
                : Optional.empty();
    }
}
