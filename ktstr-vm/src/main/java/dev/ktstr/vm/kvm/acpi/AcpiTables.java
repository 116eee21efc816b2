package dev.ktstr.vm.kvm.acpi;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.MachineDescription;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.util.ArrayList;
import java.util.List;

/** Builds all tables of a machine. */
public final class AcpiTables {
    /** Every table starts at a multiple of this; the FACS needs it (section 5.2.10). */
    private static final int ALIGNMENT = 64;

    private static final int RSDP_BYTES = 36;
    private static final int RSDP_V1_BYTES = 20;
    private static final int RSDP_CHECKSUM = 8;
    private static final int RSDP_EXTENDED_CHECKSUM = 32;
    private static final int RSDP_REVISION = 2;
    private static final int XSDT_REVISION = 1;

    private final long base;
    private final Bytes image = new Bytes();

    private AcpiTables(long base) {
        this.base = base;
    }

    /**
     * Builds RSDP, XSDT, FADT, FACS, DSDT and MADT; SRAT and SLIT when there is more than one node; HMAT when performance or
     * memory-side caches are described.
     *
     * @param machine what to describe
     * @param place where the tables go; below 4 GiB, at a multiple of 64
     * @throws VmException when they do not fit, which takes thousands of CPUs
     */
    public static AcpiImage build(MachineDescription machine, MemoryRange place) {
        if (place.start() % ALIGNMENT != 0 || place.end() > 1L << 32) {
            throw new IllegalArgumentException("tables cannot be at " + place);
        }
        AcpiImage image = new AcpiTables(place.start()).all(machine);
        int size = image.bytes().length;
        if (size > place.length()) {
            throw new VmException("the ACPI tables of " + machine.topology().cpus() + " CPUs take " + size
                    + " bytes, and there is room for " + place.length() + "; use fewer CPUs");
        }
        return image;
    }

    private AcpiImage all(MachineDescription machine) {
        // The RSDP comes first and points to the XSDT, which comes last.
        image.zeros(RSDP_BYTES);
        long facs = add(Fadt.facs());
        long dsdt = add(Dsdt.table());
        List<Long> listed = new ArrayList<>();
        listed.add(add(Fadt.table(facs, dsdt)));
        listed.add(add(Madt.table(machine.apicIds())));
        if (machine.nodes().size() > 1 || Hmat.needed(machine)) {
            listed.add(add(Numa.srat(machine)));
            listed.add(add(Numa.slit(machine.distances())));
        }
        if (Hmat.needed(machine)) {
            listed.add(add(Hmat.table(machine)));
        }
        Bytes pointers = new Bytes();
        listed.forEach(pointers::u64);
        long xsdt = add(Table.of("XSDT", XSDT_REVISION, pointers.toArray()));
        byte[] bytes = image.toArray();
        byte[] rsdp = rsdp(xsdt);
        System.arraycopy(rsdp, 0, bytes, 0, rsdp.length);
        return new AcpiImage(base, bytes);
    }

    private long add(byte[] table) {
        image.zeros(-image.size() & (ALIGNMENT - 1));
        long address = base + image.size();
        image.put(table);
        return address;
    }

    /** Section 5.2.5.3. */
    private static byte[] rsdp(long xsdt) {
        byte[] rsdp = new Bytes()
                .ascii("RSD PTR ")
                .u8(0)
                .ascii("KTSTR ")
                .u8(RSDP_REVISION)
                .u32(0)
                .u32(RSDP_BYTES)
                .u64(xsdt)
                .zeros(4)
                .toArray();
        rsdp[RSDP_CHECKSUM] = Table.checksum(rsdp, RSDP_V1_BYTES);
        rsdp[RSDP_EXTENDED_CHECKSUM] = Table.checksum(rsdp, RSDP_BYTES);
        return rsdp;
    }
}
