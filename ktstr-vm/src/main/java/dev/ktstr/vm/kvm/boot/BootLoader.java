package dev.ktstr.vm.kvm.boot;

import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.acpi.AcpiImage;
import dev.ktstr.vm.kvm.acpi.AcpiTables;
import dev.ktstr.vm.kvm.machine.MachineDescription;
import dev.ktstr.vm.kvm.machine.MemoryMap;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Firmware and boot loader in one: puts tables, kernel, initial RAM disk and command line into the guest's memory.
 *
 * <p>The story: read the kernel's headers; find places; copy kernel and RAM disk; write the ACPI tables, the command line
 * and the structures of the kernel's boot protocol; say what the first CPU's registers must hold.
 */
public final class BootLoader {
    private static final int CHUNK = 1 << 20;

    private final GuestMemory memory;
    private final MachineDescription machine;
    private final MemoryMap map;

    /**
     * Makes it.
     *
     * @param memory the guest's RAM, all zero: what a kernel expects to be zero is not written
     * @param machine what the RAM and the CPUs look like
     */
    public BootLoader(GuestMemory memory, MachineDescription machine) {
        this.memory = memory;
        this.machine = machine;
        this.map = MemoryMap.of(machine);
    }

    /**
     * What this machine adds to a kernel's command line. KVM's I/O APIC has 8-bit destinations, so where there are larger
     * APIC ids device interrupts must stay at the first CPU.
     */
    public static List<String> kernelArguments(MachineDescription machine) {
        return machine.apicIds().needX2apic() ? List.of("irqaffinity=0") : List.of();
    }

    /**
     * Puts all in place.
     *
     * @param kernel an ELF vmlinux or a bzImage
     * @param initrd the initial RAM disk
     * @param commandLine the kernel's command line
     * @return the registers with which the first CPU starts
     * @throws VmException when a file cannot be read, is no kernel, or does not fit; the message names it and the cure
     */
    public InitialRegisters load(Path kernel, Path initrd, String commandLine) {
        try (KernelBytes kernelBytes = KernelBytes.of(kernel);
                KernelBytes initrdBytes = KernelBytes.of(initrd)) {
            return load(kernelBytes, initrdBytes, commandLine);
        } catch (KernelFormatException e) {
            throw new VmException(
                    "kernel " + kernel + " cannot be booted: " + e.getMessage()
                            + ". Fetch or build it again, or name another",
                    e);
        } catch (IOException e) {
            throw new VmException(
                    "reading kernel " + kernel + " or initramfs " + initrd + " failed: " + e.getMessage(), e);
        }
    }

    InitialRegisters load(KernelBytes kernelBytes, KernelBytes initrdBytes, String commandLine)
            throws IOException, KernelFormatException {
        KernelImage image = KernelImage.read(kernelBytes);
        byte[] line = commandLine(commandLine, image.commandLineMax());
        BootPlan plan = BootPlan.make(image, initrdBytes.size(), map);
        for (KernelImage.Load load : plan.kernel().loads()) {
            copy(kernelBytes, load.offset(), load.length(), load.address());
        }
        MemoryRange initrd = plan.initrd();
        if (initrd != null) {
            copy(initrdBytes, 0, initrd.length(), initrd.start());
        }
        AcpiImage acpi = AcpiTables.build(machine, MemoryMap.ACPI_TABLES);
        write(acpi.address(), acpi.bytes());
        write(LowMemory.COMMAND_LINE, line);
        return switch (plan.kernel().protocol()) {
            case LINUX_64 -> enterLinux(plan, acpi.rsdp());
            case PVH -> enterPvh(plan, acpi.rsdp());
        };
    }

    private InitialRegisters enterLinux(BootPlan plan, long rsdp) {
        write(LowMemory.BOOT_PARAMS, BootParams.bytes(plan, map, rsdp));
        write(LowMemory.PAGE_TABLES, EntryState.identityMap());
        InitialRegisters registers = EntryState.linux64(plan.kernel().entry());
        write(LowMemory.GDT, EntryState.gdt(registers));
        return registers;
    }

    private InitialRegisters enterPvh(BootPlan plan, long rsdp) {
        write(LowMemory.START_INFO, PvhStartInfo.bytes(plan, map, rsdp));
        InitialRegisters registers = EntryState.pvh(plan.kernel().entry());
        write(LowMemory.GDT, EntryState.gdt(registers));
        return registers;
    }

    private static byte[] commandLine(String text, int max) {
        byte[] bytes = (text + '\0').getBytes(StandardCharsets.UTF_8);
        int limit = Math.min(max, LowMemory.COMMAND_LINE_MAX);
        if (bytes.length - 1 > limit) {
            throw new VmException("the kernel's command line has " + (bytes.length - 1)
                    + " bytes, and this kernel takes " + limit + "; shorten the kernel arguments (kargs): " + text);
        }
        if (text.indexOf('\0') >= 0) {
            throw new VmException("the kernel's command line has a zero byte, where the kernel would end it: " + text);
        }
        return bytes;
    }

    private void copy(KernelBytes from, long offset, long length, long address) throws IOException {
        ByteBuffer chunk = ByteBuffer.wrap(new byte[(int) Math.min(length, CHUNK)]);
        for (long done = 0; done < length; done += chunk.limit()) {
            chunk.clear().limit((int) Math.min(length - done, CHUNK));
            from.read(offset + done, chunk);
            memory.write(address + done, chunk.array(), chunk.arrayOffset(), chunk.limit());
        }
    }

    private void write(long address, byte[] bytes) {
        memory.write(address, bytes, 0, bytes.length);
    }

    /** Makes a little-endian buffer over an array. */
    static ByteBuffer little(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
