package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BusTest {
    /** Notes accesses, and reads as its offset plus 0x10. */
    private static final class Noting implements Device {
        final List<String> log = new ArrayList<>();
        private final int width;

        Noting(int width) {
            this.width = width;
        }

        @Override
        public int width() {
            return width;
        }

        @Override
        public long read(int offset, int size) {
            log.add("r" + offset + "." + size);
            return offset + 0x10 | 0xff00_0000_0000_0000L;
        }

        @Override
        public void write(int offset, int size, long value) {
            log.add("w" + offset + "." + size + "=" + Long.toHexString(value));
        }

        @Override
        public byte[] state() {
            return new byte[0];
        }

        @Override
        public void restore(byte[] state) {}
    }

    private final Bus bus = Bus.ports();

    @Test
    void whatNobodyClaimsReadsAsOnesAndIsCounted() {
        assertThat(bus.read(0x80, 1)).isEqualTo(0xff);
        assertThat(bus.read(0x80, 2)).isEqualTo(0xffff);
        assertThat(bus.read(0x300, 4)).isEqualTo(0xffff_ffffL);
        bus.write(0x80, 1, 7);
        assertThat(Bus.memory().read(0xfed40000L, 8)).isEqualTo(-1);
        assertThat(bus.unclaimed().reads()).isEqualTo(3);
        assertThat(bus.unclaimed().writes()).isEqualTo(1);
        assertThat(bus.unclaimed().counts())
                .containsExactly(new UnclaimedAccesses.Count(0x80, 2, 1), new UnclaimedAccesses.Count(0x300, 1, 0));
    }

    @Test
    void accessesGoToTheirDeviceByOffset() {
        Noting device = new Noting(4);
        bus.add(0x100, 8, device);
        assertThat(bus.read(0x104, 4)).as("only the bytes asked for").isEqualTo(0x14);
        bus.write(0x102, 2, 0x12345);
        assertThat(device.log).containsExactly("r4.4", "w2.2=2345");
        assertThat(bus.unclaimed().reads()).isZero();
    }

    @Test
    void accessesWiderThanTheDeviceAreSplit() {
        Noting narrow = new Noting(1);
        bus.add(0x3f8, 8, narrow);
        assertThat(bus.read(0x3f8, 4)).isEqualTo(0x13121110);
        bus.write(0x3f9, 2, 0xbbaa);
        assertThat(narrow.log).containsExactly("r0.1", "r1.1", "r2.1", "r3.1", "w1.1=aa", "w2.1=bb");
    }

    @Test
    void accessesAcrossAnEdgeAreSplit() {
        Noting left = new Noting(4);
        Noting right = new Noting(4);
        bus.add(0x10, 2, left);
        bus.add(0x12, 1, right);
        assertThat(bus.read(0x10, 4)).isEqualTo(0xff101110L);
        bus.write(0xf, 2, 0xbbaa);
        assertThat(left.log).containsExactly("r0.1", "r1.1", "w0.1=bb");
        assertThat(right.log).containsExactly("r0.1");
        assertThat(bus.unclaimed().counts())
                .containsExactly(new UnclaimedAccesses.Count(0xf, 0, 1), new UnclaimedAccesses.Count(0x13, 1, 0));
    }

    @Test
    void aNarrowDeviceInTheMiddleOfAWideAccessIsFound() {
        Noting middle = new Noting(1);
        bus.add(0xe9, 1, middle);
        assertThat(bus.read(0xe8, 4)).isEqualTo(0xffff10ffL);
        bus.write(0xe8, 4, 0x44332211);
        assertThat(middle.log).containsExactly("r0.1", "w0.1=22");
        assertThat(bus.unclaimed().reads()).isEqualTo(3);
    }

    @Test
    void theLastPortHasNoNeighbour() {
        Noting last = new Noting(1);
        bus.add(0xffff, 1, last);
        assertThat(bus.read(0xffff, 4)).isEqualTo(0xffffff10L);
        assertThat(Bus.memory().read(Long.MAX_VALUE, 8)).isEqualTo(-1);
        assertThat(Bus.memory().read(-8, 8)).isEqualTo(-1);
    }

    @Test
    void aClaimOnWhatIsTakenIsRefused() {
        bus.add(0x100, 8, new Noting(1));
        for (long start : new long[] {0xf9, 0x100, 0x107}) {
            assertThatThrownBy(() -> bus.add(start, 8, new Noting(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("claimed already");
        }
        bus.add(0xf8, 8, new Noting(1));
        bus.add(0x108, 8, new Noting(1));
        for (long start : new long[] {-1, 0xfff9, 0x10000}) {
            assertThatThrownBy(() -> bus.add(start, 8, new Noting(1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("do not exist");
        }
    }

    @Test
    void countsAreBoundedWhateverTheGuestDoes() {
        Random random = new Random(1);
        for (int i = 0; i < 100_000; i++) {
            bus.read(random.nextInt(0x10000), 1);
        }
        assertThat(bus.unclaimed().reads()).isEqualTo(100_000);
        assertThat(bus.unclaimed().counts()).hasSize(UnclaimedAccesses.TRACKED);
    }
}
