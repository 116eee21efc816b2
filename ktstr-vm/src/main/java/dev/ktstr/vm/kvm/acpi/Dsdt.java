package dev.ktstr.vm.kvm.acpi;

import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.kvm.device.PowerManagement;
import dev.ktstr.vm.kvm.device.Uart16550;

/**
 * The DSDT: how to power off, and the two serial ports with their interrupts. CPUs are in the MADT; objects for them would
 * only serve hot-plug and power states, which this machine does not have.
 */
final class Dsdt {
    private static final int REVISION = 2;

    // Resource descriptors, section 6.4.2
    private static final int IRQ_NO_FLAGS = 0x22;
    private static final int IO_PORT = 0x47;
    private static final int DECODE_16 = 1;
    private static final int END_TAG = 0x79;

    private Dsdt() {}

    static byte[] table() {
        byte[] s5 = Aml.integer(PowerManagement.S5_TYPE);
        return Table.of(
                "DSDT",
                REVISION,
                Aml.terms(
                        Aml.name("_S5_", Aml.pkg(s5, s5, Aml.integer(0), Aml.integer(0))),
                        Aml.scope(
                                "_SB_", serial(1, MachineLayout.COM1_PORT, 4), serial(2, MachineLayout.COM2_PORT, 3))));
    }

    private static byte[] serial(int number, int port, int irq) {
        byte[] resources = new Bytes()
                .u8(IO_PORT)
                .u8(DECODE_16)
                .u16(port)
                .u16(port)
                .u8(1)
                .u8(Uart16550.SIZE)
                .u8(IRQ_NO_FLAGS)
                .u16(1 << irq)
                .u8(END_TAG)
                .u8(0)
                .toArray();
        return Aml.device(
                "COM" + number,
                Aml.name("_HID", Aml.eisaId("PNP0501")),
                Aml.name("_UID", Aml.integer(number)),
                Aml.name("_CRS", Aml.buffer(resources)));
    }
}
