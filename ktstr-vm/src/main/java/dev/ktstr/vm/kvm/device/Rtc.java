package dev.ktstr.vm.kvm.device;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.function.Supplier;

/**
 * The real-time clock and its CMOS memory, after Motorola's data sheet MC146818. It shows the host's time in UTC, which the
 * guest cannot set; an update is never in progress, and there are no interrupts. Linux with a paravirtual clock reads it
 * hardly ever.
 */
public final class Rtc implements Device {
    /** First I/O port: the index, then the data. */
    public static final int PORT = 0x70;

    /** Ports that it occupies. */
    public static final int SIZE = 2;

    /** Index of the century; the FADT names it. */
    public static final int CENTURY = 0x32;

    private static final int SECONDS = 0;
    private static final int MINUTES = 2;
    private static final int HOURS = 4;
    private static final int DAY_OF_WEEK = 6;
    private static final int DAY = 7;
    private static final int MONTH = 8;
    private static final int YEAR = 9;
    private static final int STATUS_A = 0xa;
    private static final int STATUS_B = 0xb;
    private static final int STATUS_C = 0xc;
    private static final int STATUS_D = 0xd;

    private static final int A_UPDATING = 0x80;
    private static final int A_RUNNING_1024HZ = 0x26;
    private static final int B_24_HOURS = 2;
    private static final int B_BINARY = 4;
    private static final int D_VALID = 0x80;
    private static final int AFTERNOON = 0x80;
    private static final int CELLS = 128;
    private static final int STATE = 0x52544301; // "RTC", version 1

    private final Supplier<Instant> clock;
    private final byte[] cells = new byte[CELLS];
    private int index;

    /**
     * Makes it.
     *
     * @param clock asked at every read of a part of the time
     */
    public Rtc(Supplier<Instant> clock) {
        this.clock = clock;
        cells[STATUS_A] = A_RUNNING_1024HZ;
        cells[STATUS_B] = B_24_HOURS;
    }

    @Override
    public synchronized long read(int offset, int size) {
        if (offset == 0) {
            return 0xff; // write-only
        }
        return switch (index) {
            case SECONDS -> coded(now().getSecond());
            case MINUTES -> coded(now().getMinute());
            case HOURS -> hours(now().getHour());
            case DAY_OF_WEEK -> coded(now().getDayOfWeek().getValue() % 7 + 1);
            case DAY -> coded(now().getDayOfMonth());
            case MONTH -> coded(now().getMonthValue());
            case YEAR -> coded(now().getYear() % 100);
            case CENTURY -> coded(now().getYear() / 100);
            case STATUS_C -> 0;
            case STATUS_D -> D_VALID;
            default -> cells[index] & 0xff;
        };
    }

    @Override
    public synchronized void write(int offset, int size, long value) {
        if (offset == 0) {
            index = (int) value & (CELLS - 1); // the top bit masks NMIs
        } else if (index == STATUS_A) {
            cells[index] = (byte) (value & ~A_UPDATING);
        } else {
            cells[index] = (byte) value;
        }
    }

    private ZonedDateTime now() {
        return clock.get().atZone(ZoneOffset.UTC);
    }

    private int hours(int hour) {
        if ((cells[STATUS_B] & B_24_HOURS) != 0) {
            return coded(hour);
        }
        int twelve = hour % 12 == 0 ? 12 : hour % 12;
        return coded(twelve) | (hour >= 12 ? AFTERNOON : 0);
    }

    private int coded(int value) {
        return (cells[STATUS_B] & B_BINARY) != 0 ? value : value / 10 * 16 + value % 10;
    }

    @Override
    public synchronized byte[] state() {
        return StateCodec.write(STATE, 1 + CELLS).put((byte) index).put(cells).array();
    }

    @Override
    public synchronized void restore(byte[] state) {
        ByteBuffer saved = StateCodec.read("a real-time clock", STATE, state, 1 + CELLS, 1 + CELLS);
        index = saved.get() & (CELLS - 1);
        saved.get(cells);
    }
}
