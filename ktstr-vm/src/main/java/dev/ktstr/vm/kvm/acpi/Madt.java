package dev.ktstr.vm.kvm.acpi;

import dev.ktstr.vm.kvm.machine.ApicIds;

/** The MADT (section 5.2.12): CPUs in the order of their numbers, and interrupt controllers. */
final class Madt {
    /** Where every CPU sees its own local APIC. */
    static final long LOCAL_APIC = 0xfee00000L;

    /** Where KVM's I/O APIC is. */
    static final long IO_APIC = 0xfec00000L;

    private static final int REVISION = 5;
    private static final int HAS_8259 = 1;
    private static final int ENABLED = 1;
    private static final int ALL_PROCESSORS = 0xff;
    private static final long ALL_PROCESSORS_X2 = 0xffffffffL;
    private static final int NMI_PIN = 1;
    private static final int ISA = 0;
    private static final int ACTIVE_HIGH_LEVEL = 0xd;

    private Madt() {}

    static byte[] table(ApicIds ids) {
        Bytes body = new Bytes().u32(LOCAL_APIC).u32(HAS_8259);
        for (int cpu = 0; cpu < ids.topology().cpus(); cpu++) {
            int id = ids.of(cpu);
            if (id <= ApicIds.MAX_XAPIC) {
                body.u8(0).u8(8).u8(cpu).u8(id).u32(ENABLED);
            } else {
                body.u8(9).u8(16).u16(0).u32(id).u32(ENABLED).u32(cpu);
            }
        }
        // Its id is what its register says. No override for the timer: KVM connects line n to pin n, line 0 included.
        body.u8(1).u8(12).u8(0).u8(0).u32(IO_APIC).u32(0);
        body.u8(2).u8(10).u8(ISA).u8(Fadt.SCI_IRQ).u32(Fadt.SCI_IRQ).u16(ACTIVE_HIGH_LEVEL);
        body.u8(4).u8(6).u8(ALL_PROCESSORS).u16(0).u8(NMI_PIN);
        if (ids.needX2apic()) {
            body.u8(10).u8(12).u16(0).u32(ALL_PROCESSORS_X2).u8(NMI_PIN).zeros(3);
        }
        return Table.of("APIC", REVISION, body.toArray());
    }
}
