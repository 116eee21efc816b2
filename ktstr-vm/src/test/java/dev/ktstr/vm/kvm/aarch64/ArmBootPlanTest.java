package dev.ktstr.vm.kvm.aarch64;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.cpuid.CacheModel;
import dev.ktstr.vm.kvm.machine.MemoryRange;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class ArmBootPlanTest {
    private static final long MB = 1 << 20;

    private static byte[] head(long textOffset, long memory, long flags, int magic) {
        byte[] head = new byte[ArmBootPlan.HEADER_BYTES];
        ByteBuffer.wrap(head)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(8, textOffset)
                .putLong(16, memory)
                .putLong(24, flags)
                .putInt(56, magic);
        return head;
    }

    private static byte[] image(long memory) {
        return head(0, memory, 0xa, 0x644d5241);
    }

    @Test
    void kernelTreeAndInitrdHaveTheirPlaces() {
        ArmBootPlan plan = ArmBootPlan.make(image(33 * MB), 30 * MB, 5000, DeviceTreeTest.machine("1n1l1c1t"));
        assertThat(plan.kernel()).isEqualTo(new MemoryRange(0x40000000L, 33 * MB));
        assertThat(plan.tree()).isEqualTo(new MemoryRange(0x40000000L + 34 * MB, 2 * MB));
        assertThat(plan.initrd()).isEqualTo(new MemoryRange(0x60000000L - 8192, 5000));
        assertThat(ArmBootPlan.make(image(33 * MB), 30 * MB, 0, DeviceTreeTest.machine("1n1l1c1t"))
                        .initrd())
                .isNull();
    }

    @Test
    void whatDoesNotFitIsRefused() {
        ArmMachine machine = DeviceTreeTest.machine("1n1l1c1t");
        assertThatThrownBy(() -> ArmBootPlan.make(image(129 * MB), 30 * MB, 0, machine))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("build the kernel smaller");
        assertThatThrownBy(() -> ArmBootPlan.make(image(127 * MB), 30 * MB, 0, machine))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("no room for the device tree");
        assertThatThrownBy(() -> ArmBootPlan.make(image(33 * MB), 30 * MB, 400 * MB, machine))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("the initramfs of 409600 KiB does not fit");
    }

    @Test
    void absurdHeadersAreRefused() {
        ArmMachine machine = DeviceTreeTest.machine("1n1l1c1t");
        byte[][] bad = {
            {},
            new byte[64],
            head(0, 33 * MB, 0xb, 0x644d5241),
            head(-1, 33 * MB, 0xa, 0x644d5241),
            head(Long.MAX_VALUE, 33 * MB, 0xa, 0x644d5241),
            head(0, -1, 0xa, 0x644d5241),
            head(0, Long.MAX_VALUE, 0xa, 0x644d5241),
            head(0, 29 * MB, 0xa, 0x644d5241)
        };
        for (byte[] head : bad) {
            assertThatThrownBy(() -> ArmBootPlan.make(head, 30 * MB, 0, machine))
                    .isInstanceOf(VmException.class);
        }
    }

    @Test
    void aMachineWithoutRoomForTheWindowIsRefused() {
        assertThatThrownBy(() -> new ArmMachine(
                        DeviceTreeTest.machine("1n1l1c1t").topology(),
                        List.of(128 * MB),
                        DeviceTreeTest.machine("1n1l1c1t").distances(),
                        CacheModel.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("too few for the window");
    }
}
