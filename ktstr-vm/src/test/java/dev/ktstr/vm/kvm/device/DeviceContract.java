package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every device does, whatever the guest writes. */
abstract class DeviceContract {
    private static final int ROUNDS = 20_000;

    /** A new device, as after power-on. */
    abstract Device create();

    /** Ports that it occupies. */
    abstract int size();

    @Test
    void garbageNeitherThrowsNorBreaksIt() {
        Device device = create();
        Random random = new Random(42);
        for (int i = 0; i < ROUNDS; i++) {
            int bytes = 1 << random.nextInt(Integer.numberOfTrailingZeros(device.width()) + 1);
            int offset = random.nextInt(size() - bytes + 1);
            if (random.nextBoolean()) {
                device.write(offset, bytes, random.nextLong());
            } else {
                device.read(offset, bytes);
            }
        }
        assertThat(device.state()).isNotEmpty();
    }

    @Test
    void aRestoredDeviceIsTheSameDevice() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            Device device = create();
            for (int i = 0; i < 30; i++) {
                device.write(random.nextInt(size()), 1, random.nextInt(256));
                device.read(random.nextInt(size()), 1);
            }
            Device copy = create();
            copy.restore(device.state());
            assertThat(copy.state()).isEqualTo(device.state());
            for (int i = 0; i < 30; i++) {
                int offset = random.nextInt(size());
                int value = random.nextInt(256);
                assertThat(copy.read(offset, 1)).isEqualTo(device.read(offset, 1));
                copy.write(offset, 1, value);
                device.write(offset, 1, value);
            }
            assertThat(copy.state()).isEqualTo(device.state());
        }
    }

    @Test
    void aForeignStateIsRefusedAndChangesNothing() {
        Device device = create();
        byte[] before = device.state();
        byte[] otherTag = before.clone();
        otherTag[0] ^= 1;
        for (byte[] bad : new byte[][] {{}, {1, 2, 3}, otherTag, Arrays.copyOf(before, before.length + 1)}) {
            assertThatThrownBy(() -> device.restore(bad))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("this is no saved state of ");
        }
        assertThat(device.state()).isEqualTo(before);
    }
}
