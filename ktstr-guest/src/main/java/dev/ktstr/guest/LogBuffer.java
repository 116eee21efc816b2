package dev.ktstr.guest;

import java.nio.charset.StandardCharsets;

/** Keeps a stream's beginning and end: its first 64 KiB and its last 448 KiB. Not thread-safe. */
final class LogBuffer {
    static final int HEAD = 64 << 10;
    static final int TAIL = 448 << 10;

    private final byte[] head = new byte[HEAD];
    private byte[] tail = new byte[0];
    private long total;

    /** Adds bytes. */
    void add(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++, total++) {
            if (total < HEAD) {
                head[(int) total] = bytes[i];
            } else {
                if (tail.length == 0) {
                    tail = new byte[TAIL]; // most schedulers print little
                }
                tail[(int) ((total - HEAD) % TAIL)] = bytes[i];
            }
        }
    }

    /** All that was kept, with a line that says how much was not. */
    String text() {
        String first = new String(head, 0, (int) Math.min(total, HEAD), StandardCharsets.UTF_8);
        long behind = total - HEAD;
        if (behind <= 0) {
            return first;
        } else if (behind <= TAIL) {
            byte[] all = new byte[(int) total];
            System.arraycopy(head, 0, all, 0, HEAD);
            System.arraycopy(tail, 0, all, HEAD, (int) behind);
            return new String(all, StandardCharsets.UTF_8);
        }
        int at = (int) (behind % TAIL);
        byte[] last = new byte[TAIL];
        System.arraycopy(tail, at, last, 0, TAIL - at);
        System.arraycopy(tail, 0, last, TAIL - at, at);
        return first + "\n[" + (behind - TAIL) + " bytes left out]\n" + new String(last, StandardCharsets.UTF_8);
    }
}
