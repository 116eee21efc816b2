package dev.ktstr.vm.kvm.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RtcTest extends DeviceContract {
    private Instant now = Instant.parse("2026-11-21T17:03:09Z"); // a Saturday
    private final Rtc rtc = new Rtc(() -> now);

    @Override
    Device create() {
        return new Rtc(() -> now);
    }

    @Override
    int size() {
        return Rtc.SIZE;
    }

    private int cell(int index) {
        rtc.write(0, 1, index);
        return (int) rtc.read(1, 1);
    }

    private void set(int index, int value) {
        rtc.write(0, 1, index);
        rtc.write(1, 1, value);
    }

    /** {@code mc146818_get_time} of Linux. */
    @Test
    void linuxReadsTheHostsTime() {
        assertThat(cell(0xa) & 0x80).as("no update in progress").isZero();
        assertThat(cell(0xb) & 6).as("24 hours, BCD").isEqualTo(2);
        assertThat(cell(0xd)).as("battery").isEqualTo(0x80);
        assertThat(new int[] {cell(0), cell(2), cell(4), cell(7), cell(8), cell(9), cell(0x32), cell(6)})
                .containsExactly(0x09, 0x03, 0x17, 0x21, 0x11, 0x26, 0x20, 7);
    }

    @Test
    void otherFormatsAreFollowed() {
        set(0xb, 4);
        assertThat(cell(4)).as("5 in the afternoon").isEqualTo(0x85);
        now = Instant.parse("2026-11-21T00:30:00Z");
        assertThat(cell(4)).as("half past midnight").isEqualTo(12);
        set(0xb, 6);
        assertThat(cell(4)).isZero();
        assertThat(cell(9)).isEqualTo(26);
    }

    @Test
    void theGuestCannotSetTheTime() {
        set(0, 0x59);
        set(9, 0x70);
        assertThat(cell(0)).isEqualTo(9);
        assertThat(cell(9)).isEqualTo(0x26);
    }

    @Test
    void memoryIsMemoryAndTheNmiBitIsNotPartOfTheIndex() {
        set(0x80 | 0x40, 0xab);
        assertThat(cell(0x40)).isEqualTo(0xab);
        assertThat(rtc.read(0, 1)).isEqualTo(0xff);
    }

    @Test
    void anUpdateIsNeverInProgressWhateverIsWritten() {
        set(0xa, 0xff);
        assertThat(cell(0xa)).isEqualTo(0x7f);
        set(0xc, 0xff);
        assertThat(cell(0xc)).isZero();
    }
}
