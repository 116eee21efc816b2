package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What must be known of a kernel file to boot it.
 *
 * @param protocol how it is entered
 * @param loads what is copied where; addresses are those it was linked for
 * @param entry physical address of the first instruction
 * @param footprint all memory it uses before it looks at the memory map
 * @param alignment another place for it must be a multiple of this; 0 when it cannot be moved
 * @param commandLineMax bytes that its command line may have, without the terminating zero
 * @param initrdMax the last address that a byte of the initial RAM disk may have
 * @param setupHeader bytes of the setup header, from 0x1f1 of {@code boot_params}; empty for an ELF file
 */
record KernelImage(
        Protocol protocol,
        List<Load> loads,
        long entry,
        MemoryRange footprint,
        long alignment,
        int commandLineMax,
        long initrdMax,
        List<Byte> setupHeader) {
    /** Ways to enter a kernel. */
    enum Protocol {
        /** In 64-bit mode, with {@code boot_params} (Documentation/arch/x86/boot.rst, "64-bit Boot Protocol"). */
        LINUX_64,
        /** In 32-bit mode without paging, with {@code hvm_start_info} (Xen's docs/misc/pvh.pandoc). */
        PVH
    }

    /**
     * A piece of the file.
     *
     * @param offset where it is in the file
     * @param length bytes
     * @param address where it goes
     */
    record Load(long offset, long length, long address) {}

    /** COMMAND_LINE_SIZE of {@code arch/x86/include/asm/setup.h}, less the terminating zero. */
    static final int LINUX_COMMAND_LINE = 2047;

    KernelImage {
        loads = List.copyOf(loads);
        setupHeader = List.copyOf(setupHeader);
    }

    /**
     * Reads an ELF vmlinux or a bzImage. An ELF file with a PVH note is entered by it; others must be Linux, whose entry
     * point follows the 64-bit protocol.
     *
     * @throws KernelFormatException when it is neither, or damaged, or for another machine
     * @throws IOException when the file cannot be read
     */
    static KernelImage read(KernelBytes file) throws IOException, KernelFormatException {
        Optional<KernelImage> elf = ElfKernel.read(file);
        return elf.isPresent() ? elf.get() : BzImage.read(file);
    }

    /** The same kernel at another place. */
    KernelImage movedTo(long address) {
        long by = address - footprint.start();
        return new KernelImage(
                protocol,
                loads.stream()
                        .map(l -> new Load(l.offset, l.length, l.address + by))
                        .toList(),
                entry + by,
                new MemoryRange(address, footprint.length()),
                alignment,
                commandLineMax,
                initrdMax,
                setupHeader);
    }
}
