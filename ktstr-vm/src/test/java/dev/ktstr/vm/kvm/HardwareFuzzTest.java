package dev.ktstr.vm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.ktstr.vm.kvm.device.Bus;
import dev.ktstr.vm.kvm.device.InterruptLine;
import dev.ktstr.vm.kvm.device.PowerSwitch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever the guest does at ports and addresses, the devices answer: they neither throw nor block, and no value is too wide. */
class HardwareFuzzTest {
    private static final int ACCESS_BYTES = 12;
    private static final long SEED = 6;

    private static final PowerSwitch IGNORED = new PowerSwitch() {
        @Override
        public void powerOff() {
            // the machine would end; the devices must not mind that it goes on
        }

        @Override
        public void reset(String how) {
            assertThat(how).isNotBlank();
        }
    };

    private static void access(Hardware hardware, ByteBuffer next) {
        int kind = next.get();
        int size = 1 << (next.get() & 3);
        int place = next.getShort() & 0xffff;
        long value = next.getLong();
        boolean port = (kind & 1) == 0;
        Bus bus = port ? hardware.ports : hardware.memory;
        // Addresses near both ends of what there is, and those that the value names.
        long address = port ? place : (kind & 2) == 0 ? value & Long.MAX_VALUE : Long.MAX_VALUE - place;
        if ((kind & 4) == 0) {
            bus.write(address, size, value);
        } else {
            long read = bus.read(address, size);
            assertThat(size == 8 || read >>> (8 * size) == 0).isTrue();
        }
    }

    private static Hardware hardware() {
        return new Hardware(gsi -> InterruptLine.NONE, IGNORED, () -> {});
    }

    @FuzzTest(maxDuration = "30s")
    void answers(byte[] data) {
        Hardware hardware = hardware();
        ByteBuffer bytes = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.remaining() >= ACCESS_BYTES) {
            access(hardware, bytes);
        }
    }

    @Test
    void twoMillionRandomAccessesAreAnswered() {
        Hardware hardware = hardware();
        Random random = new Random(SEED);
        byte[] one = new byte[ACCESS_BYTES];
        for (int i = 0; i < 2_000_000; i++) {
            random.nextBytes(one);
            access(hardware, ByteBuffer.wrap(one).order(ByteOrder.LITTLE_ENDIAN));
        }
        assertThat(hardware.ports.unclaimed().reads()).isGreaterThan(100_000);
        assertThat(hardware.memory.unclaimed().writes()).isGreaterThan(100_000);
    }
}
