package dev.ktstr.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link GuestMemory} does. An implementation's test inherits it. */
public abstract class GuestMemoryContract {
    private GuestMemory memory;

    /** Memory with RAM at {@code [0, 3 GiB)} and {@code [4 GiB, 5 GiB)}, in at least two parts below 3 GiB. */
    protected abstract GuestMemory create();

    /** An address below 3 GiB where one part ends and the next begins. */
    protected abstract long seam();

    protected abstract void close(GuestMemory created);

    @BeforeEach
    void make() {
        memory = create();
    }

    @AfterEach
    void release() {
        close(memory);
    }

    @Test
    void holdsWhatWasWritten() {
        byte[] text = "hello, guest".getBytes(StandardCharsets.US_ASCII);
        memory.write(0x1003, text, 0, text.length);
        byte[] back = new byte[text.length + 2];
        memory.read(0x1003, back, 1, text.length);
        assertThat(new String(back, 1, text.length, StandardCharsets.US_ASCII)).isEqualTo("hello, guest");
    }

    @Test
    void bytesGoAcrossSeams() {
        byte[] bytes = {1, 2, 3, 4, 5, 6};
        memory.write(seam() - 3, bytes, 0, 6);
        byte[] back = new byte[6];
        memory.read(seam() - 3, back, 0, 6);
        assertThat(back).isEqualTo(bytes);
        memory.read(seam(), back, 0, 1);
        assertThat(back[0]).isEqualTo((byte) 4);
    }

    @Test
    void numbersAreLittleEndian() {
        memory.putIntRelease(0x2000, 0x11223344);
        memory.putLongRelease(4L << 30, 0x1122334455667788L);
        byte[] back = new byte[8];
        memory.read(0x2000, back, 0, 4);
        assertThat(back).startsWith(0x44, 0x33, 0x22, 0x11);
        memory.read(4L << 30, back, 0, 8);
        assertThat(back).startsWith(0x88, 0x77, 0x66, 0x55);
        assertThat(memory.getIntAcquire(0x2000)).isEqualTo(0x11223344);
        assertThat(memory.getLongAcquire(4L << 30)).isEqualTo(0x1122334455667788L);
    }

    @Test
    void refusesWhatIsNotRamAndTouchesNothing() {
        byte[] bytes = {9, 9, 9, 9};
        long end = 3L << 30;
        for (long bad :
                new long[] {end - 2, end, -1, -4, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 3, 5L << 30}) {
            assertThatThrownBy(() -> memory.write(bad, bytes, 0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> memory.read(bad, bytes, 0, 4)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        byte[] back = new byte[2];
        memory.read(end - 2, back, 0, 2);
        assertThat(back).containsOnly(0);
        assertThatThrownBy(() -> memory.getIntAcquire(end)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.putLongRelease(-8, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.read(0, bytes, 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> memory.read(0, bytes, 0, -1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void refusesNumbersThatAreNotAligned() {
        assertThatThrownBy(() -> memory.getIntAcquire(2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> memory.putLongRelease(4, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void knowsWhatItContains() {
        assertThat(memory.size()).isEqualTo(4L << 30);
        assertThat(memory.contains(seam() - 1, 2)).isTrue();
        assertThat(memory.contains(0, 3L << 30)).isTrue();
        assertThat(memory.contains(0, (3L << 30) + 1)).isFalse();
        assertThat(memory.contains(0, 4L << 30)).isFalse();
        assertThat(memory.contains(0, -1)).isFalse();
        assertThat(memory.contains(Long.MAX_VALUE, Long.MAX_VALUE)).isFalse();
    }

    @Test
    void everyAccessAfterCloseIsRefused() {
        close(memory);
        assertThatThrownBy(() -> memory.getIntAcquire(0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.read(0, new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> memory.putLongRelease(0, 1)).isInstanceOf(IllegalStateException.class);
    }
}
