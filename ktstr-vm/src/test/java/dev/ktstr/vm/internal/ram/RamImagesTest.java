package dev.ktstr.vm.internal.ram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Memfd;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RamImagesTest {
    private static final RamLayout LAYOUT = new RamLayout(List.of(64, 64));
    private static final int PART = 1 << 20;

    /** A MiB at the start and one in the second node, filled with a byte. */
    private static final class Saved implements SavedGuest {
        private final byte fill;
        private int reads;

        Saved(int fill) {
            this.fill = (byte) fill;
        }

        @Override
        public byte[] console() {
            return new byte[0];
        }

        @Override
        public byte[] devices() {
            return new byte[0];
        }

        @Override
        public Optional<Object> identity() {
            return Optional.of(fill);
        }

        @Override
        public void ram(RamSink sink) throws IOException {
            reads++;
            for (long at : new long[] {0, 65L << 20}) {
                ByteBuffer part = ByteBuffer.allocate(PART);
                java.util.Arrays.fill(part.array(), fill);
                sink.put(at, part);
            }
        }
    }

    @Test
    void forksBeginAlikeAndWriteForThemselves() throws IOException {
        RamImages images = new RamImages(64 << 20);
        Saved saved = new Saved(5);
        try (GuestRam one = images.fork(LAYOUT, saved);
                GuestRam two = images.fork(LAYOUT, saved)) {
            assertThat(saved.reads).isEqualTo(1);
            for (GuestRam ram : List.of(one, two)) {
                assertThat(ram.memory().getIntAcquire(65L << 20)).isEqualTo(0x05050505);
                assertThat(ram.memory().getIntAcquire(32L << 20)).isZero();
            }
            one.memory().putIntRelease(65L << 20, 7);
            one.memory().putIntRelease(32L << 20, 8);
            assertThat(two.memory().getIntAcquire(65L << 20)).isEqualTo(0x05050505);
            assertThat(two.memory().getIntAcquire(32L << 20)).isZero();
        }
        try (GuestRam three = images.fork(LAYOUT, saved)) {
            assertThat(three.memory().getIntAcquire(65L << 20)).isEqualTo(0x05050505);
        }
    }

    @Test
    void theImageUsedLongestAgoMakesRoomAndItsForksGoOn() throws IOException {
        RamImages images = new RamImages(5 * PART);
        Saved first = new Saved(1);
        Saved second = new Saved(2);
        try (GuestRam kept = images.fork(LAYOUT, first)) {
            images.fork(LAYOUT, second).close();
            images.fork(LAYOUT, first).close();
            images.fork(LAYOUT, new Saved(3)).close();
            assertThat(images.size()).isEqualTo(2);
            images.fork(LAYOUT, second).close();
            assertThat(second.reads).isEqualTo(2);
            assertThat(first.reads).isEqualTo(1);
            assertThat(kept.memory().getIntAcquire(0)).isEqualTo(0x01010101);
        }
    }

    @Test
    void aForkIsNotSavedAgain() throws IOException {
        try (GuestRam ram = new RamImages(0).fork(LAYOUT, new Saved(1))) {
            assertThatExceptionOfType(VmException.class)
                    .isThrownBy(() -> ram.save((offset, bytes) -> {}))
                    .withMessageContaining("is itself a fork");
        }
    }

    @Test
    void partsWithLittleBetweenAreMappedAsOne() {
        assertThat(RamImage.joined(List.of(
                        new Memfd.Extent(0, 4096), new Memfd.Extent(8192, 4096), new Memfd.Extent(8 << 20, 4096))))
                .containsExactly(new Memfd.Extent(0, 12288), new Memfd.Extent(8 << 20, 4096));
    }
}
