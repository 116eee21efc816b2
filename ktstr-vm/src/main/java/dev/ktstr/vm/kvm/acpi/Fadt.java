package dev.ktstr.vm.kvm.acpi;

import dev.ktstr.vm.kvm.device.PciHole;
import dev.ktstr.vm.kvm.device.PowerManagement;
import dev.ktstr.vm.kvm.device.Rtc;

/** The FADT and the FACS (sections 5.2.9 and 5.2.10): the fixed registers, and what of a PC is and is not there. */
final class Fadt {
    /** The interrupt that power events would use. */
    static final int SCI_IRQ = 9;

    private static final int REVISION = 6;
    private static final int MINOR_REVISION = 5;
    private static final int FACS_BYTES = 64;

    /** Latencies above these mean that the power state does not exist. */
    private static final int NO_C2 = 101;

    private static final int NO_C3 = 1001;

    // Boot architecture flags, table 5.11. No keyboard controller is announced, which saves its probe.
    private static final int LEGACY_DEVICES = 1;
    private static final int NO_VGA = 1 << 2;

    // Feature flags, table 5.10
    private static final int WBINVD = 1;
    private static final int PROC_C1 = 1 << 2;
    private static final int NO_FIXED_POWER_BUTTON = 1 << 4;
    private static final int NO_FIXED_SLEEP_BUTTON = 1 << 5;
    private static final int NO_FIXED_RTC_WAKE = 1 << 6;
    private static final int RESET_REGISTER = 1 << 10;
    private static final int HEADLESS = 1 << 12;

    private static final int SPACE_IO = 1;
    private static final int ACCESS_BYTE = 1;
    private static final int ACCESS_WORD = 2;
    private static final int EVENT_BYTES = 4;
    private static final int CONTROL_BYTES = 2;
    private static final int GAS_BYTES = 12;

    private Fadt() {}

    static byte[] facs() {
        return new Bytes()
                .ascii("FACS")
                .u32(FACS_BYTES)
                .zeros(24)
                .u8(2)
                .zeros(31)
                .toArray();
    }

    static byte[] table(long facs, long dsdt) {
        int event = PowerManagement.PORT;
        int control = PowerManagement.PORT + PowerManagement.CONTROL;
        Bytes body = new Bytes()
                .u32(facs)
                .u32(dsdt)
                .u8(0) // reserved
                .u8(0) // power profile: unspecified
                .u16(SCI_IRQ)
                .u32(0) // no SMI command port: always in ACPI mode
                .zeros(4)
                .u32(event)
                .u32(0)
                .u32(control)
                .zeros(20) // PM1b control, PM2 control, timer, GPE0, GPE1
                .u8(EVENT_BYTES)
                .u8(CONTROL_BYTES)
                .zeros(6) // lengths of PM2, timer, GPEs; GPE1 base; C-state change
                .u16(NO_C2)
                .u16(NO_C3)
                .zeros(8) // flush size and stride, duty cycle, alarms
                .u8(Rtc.CENTURY)
                .u16(LEGACY_DEVICES | NO_VGA)
                .u8(0)
                .u32(WBINVD
                        | PROC_C1
                        | NO_FIXED_POWER_BUTTON
                        | NO_FIXED_SLEEP_BUTTON
                        | NO_FIXED_RTC_WAKE
                        | RESET_REGISTER
                        | HEADLESS)
                .put(io(PciHole.RESET_PORT, 1, ACCESS_BYTE))
                .u8(PciHole.FULL_RESET)
                .u16(0) // ARM
                .u8(MINOR_REVISION)
                .u64(0) // the FACS is given by its 32-bit address
                .u64(dsdt)
                .put(io(event, EVENT_BYTES, ACCESS_WORD))
                .zeros(GAS_BYTES)
                .put(io(control, CONTROL_BYTES, ACCESS_WORD))
                .zeros(7 * GAS_BYTES) // PM1b control, PM2, timer, GPE0, GPE1, sleep control, sleep status
                .ascii("KTSTR\0\0\0"); // hypervisor vendor
        return Table.of("FACP", REVISION, body.toArray());
    }

    /** A generic address structure (section 5.2.3.2) for I/O ports. */
    private static byte[] io(int port, int bytes, int access) {
        return new Bytes().u8(SPACE_IO).u8(8 * bytes).u8(0).u8(access).u64(port).toArray();
    }
}
