package dev.ktstr.kernel;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Hears how a build gets on. Calls come from one thread at a time. */
public interface BuildListener {
    /** Takes one plain line: what is about to be done, or a fact worth knowing. */
    void step(String line);

    /** Takes a line about something the user should look at. */
    void warn(String line);

    /** Takes where a long job is. Called often; showing each is the listener's to decide. */
    void progress(Progress progress);

    /**
     * Where a long job is.
     *
     * @param what the job, {@code "compiling"}
     * @param done objects compiled, or bytes fetched
     * @param expected how many there will be, by the best guess; never below {@code done}; 0 when there is no guess
     * @param unit {@code "objects"} or {@code "MB"}
     * @param elapsed since the job began
     * @param left how long it will go on, when that can be told
     */
    record Progress(
            String what,
            long done,
            long expected,
            String unit,
            Duration elapsed,
            @Nullable Duration left) {
        /** Percent done; 100 only at the end. */
        public int percent() {
            return expected <= 0 ? 0 : (int) Math.min(100, done * 100 / expected);
        }

        /** One line: {@code compiling: 812 of about 1480 objects, 54 %, 2 min 10 s left}. */
        public String line() {
            StringBuilder text = new StringBuilder(what).append(": ").append(done);
            if (expected > 0) {
                text.append(" of about ").append(expected);
            }
            text.append(' ').append(unit);
            if (expected > 0) {
                text.append(", ").append(percent()).append(" %");
            }
            if (left != null) {
                text.append(", ").append(text(left)).append(" left");
            }
            return text.toString();
        }

        /** A duration in words: {@code 45 s}, {@code 2 min 10 s}. */
        public static String text(Duration duration) {
            long s = duration.toSeconds();
            return s < 60 ? s + " s" : s / 60 + " min " + s % 60 + " s";
        }
    }
}
