package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PowerTest {
    private final Recorder recorder = new Recorder();

    @Nested
    class Registers extends DeviceContract {
        private final PowerManagement pm = new PowerManagement(recorder);

        @Override
        Device create() {
            return new PowerManagement(new Recorder());
        }

        @Override
        int size() {
            return PowerManagement.SIZE;
        }

        @Test
        void sleepEnableWithTheTypeOfS5PowersOff() {
            pm.write(4, 2, 0x2000);
            assertThat(recorder.events).containsExactly("power off");
            assertThat(pm.read(4, 2)).as("the bit is write-only").isEqualTo(1);
        }

        @Test
        void otherSleepTypesDoNothing() {
            pm.write(4, 2, 0x2000 | 1 << 10);
            pm.write(4, 2, 5 << 10);
            assertThat(recorder.events).isEmpty();
            assertThat(pm.read(4, 2)).isEqualTo(1 | 5 << 10);
        }

        @Test
        void bytewiseWritesWorkToo() {
            pm.write(4, 1, 0);
            assertThat(recorder.events).isEmpty();
            pm.write(5, 1, 0x20);
            assertThat(recorder.events).containsExactly("power off");
        }

        @Test
        void theModeIsAcpiAndStatusIsEmpty() {
            pm.write(0, 2, 0xffff);
            pm.write(2, 2, 0xffff);
            pm.write(4, 2, 0);
            assertThat(pm.read(0, 2) & 0xffff).isZero();
            assertThat(pm.read(2, 2) & 0xffff).as("the bits that exist").isEqualTo(0x4721);
            assertThat(pm.read(4, 2) & 1).as("SCI_EN").isOne();
            assertThat(pm.read(0, 4) & 0xffff_ffffL).isEqualTo(0x4721_0000L);
        }
    }

    @Nested
    class Pci extends DeviceContract {
        private final PciHole pci = new PciHole(recorder);

        @Override
        Device create() {
            return new PciHole(new Recorder());
        }

        @Override
        int size() {
            return PciHole.SIZE;
        }

        /** {@code pci_check_type1} and {@code _type2} of Linux. */
        @Test
        void linuxFindsNoPci() {
            pci.write(3, 1, 1);
            pci.write(0, 4, 0x80000000L);
            assertThat(pci.read(0, 4) & 0xffff_ffffL).isEqualTo(0xffff_ffffL);
            pci.write(0, 1, 0);
            assertThat(pci.read(0, 1) & 0xff).isEqualTo(0xff);
            assertThat(recorder.events).isEmpty();
        }

        /** {@code native_machine_emergency_restart}, BOOT_CF9. */
        @Test
        void theResetRegisterResets() {
            pci.write(1, 1, 2);
            assertThat(pci.read(1, 1)).isEqualTo(2);
            assertThat(recorder.events).isEmpty();
            pci.write(1, 1, 6);
            assertThat(recorder.events).containsExactly("reset by reset register 0xcf9");
            assertThat(pci.read(1, 1)).isEqualTo(2);
        }

        @Test
        void wideWritesAreTheAddressRegistersAndDoNotReset() {
            pci.write(0, 4, 0xffff_ffffL);
            pci.write(0, 2, 0xffff);
            assertThat(recorder.events).isEmpty();
        }
    }

    @Nested
    class Doorbell extends DeviceContract {
        @Override
        Device create() {
            return new DebugPort(() -> {});
        }

        @Override
        int size() {
            return DebugPort.SIZE;
        }

        @Test
        void everyWriteRings() {
            DebugPort port = new DebugPort(recorder::powerOff);
            port.write(0, 1, 'x');
            port.write(0, 1, 0);
            assertThat(recorder.events).hasSize(2);
            assertThat(port.read(0, 1)).isEqualTo(0xe9);
        }
    }
}
