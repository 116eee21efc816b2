package dev.ktstr.guest.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Bytes of a guest either decode and encode to the same bytes, or are refused. */
class WireFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void decodes(byte[] data) {
        for (Class<?> type : Schema.MESSAGES) {
            decode(type.asSubclass(Record.class), data);
        }
    }

    private static void decode(Class<? extends Record> type, byte[] data) {
        Record value;
        try {
            value = Wire.decode(type, data);
        } catch (WireException refused) {
            return;
        }
        if (!java.util.Arrays.equals(Wire.encode(value), data)) {
            throw new AssertionError(type.getSimpleName() + " encodes to other bytes than it was decoded from");
        }
    }
}
