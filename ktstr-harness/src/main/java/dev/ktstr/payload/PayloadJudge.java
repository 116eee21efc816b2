package dev.ktstr.payload;

import dev.ktstr.PayloadResult;
import dev.ktstr.payload.PayloadEntry.Check;
import dev.ktstr.rules.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Judges how a payload ended and the figures it printed. */
public final class PayloadJudge {
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");
    private static final int LAST_WORDS = 5;
    private static final int MAX_WORDS = 600;
    private static final String[] SIGNALS = {
        "", "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1",
        "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM"
    };

    private final PayloadEntry payload;
    private final PayloadEnd end;
    private final String who;
    private final List<String> lines = new ArrayList<>();

    private PayloadJudge(PayloadEntry payload, PayloadEnd end) {
        this.payload = payload;
        this.end = end;
        this.who = "payload '" + end.handle() + "'";
    }

    /**
     * Judges it: one line per violation. One that was told to end is judged by the figures it printed, if it printed any,
     * and not by how it ended.
     */
    public static PayloadResult judge(PayloadEntry payload, PayloadEnd end) {
        return new PayloadJudge(payload, end).result();
    }

    private PayloadResult result() {
        JsonFigures json = payload.json() ? JsonFigures.of(end.output()) : JsonFigures.NONE;
        boolean ended = judgeEnd();
        boolean silent = end.stopped() && json.figures().isEmpty();
        if (ended && !silent) {
            judgeFigures(json);
        }
        return new PayloadResult(
                end.handle(),
                end.argv(),
                end.exitCode(),
                end.signal(),
                end.timedOut(),
                end.stopped(),
                end.ran(),
                end.output(),
                end.errors(),
                end.outputBytes(),
                json.figures(),
                lines);
    }

    /** Whether it came to an end that leaves something to judge. */
    private boolean judgeEnd() {
        if (end.timedOut()) {
            fail(String.format(
                    Locale.ROOT,
                    "did not end by itself within %.1fs and was killed%s. Hint: give it less to do, or the test a longer"
                            + " durationS",
                    end.ran().toNanos() / 1e9,
                    lastWords()));
            return false;
        }
        if (end.stopped()) {
            return true;
        }
        if (end.signal() != 0) {
            fail("was ended by signal " + end.signal() + signalName(end.signal()) + lastWords());
            return false;
        }
        List<Check> onCode = checksOf(true);
        if (onCode.isEmpty() && end.exitCode() != 0) {
            fail("exited with code " + end.exitCode() + lastWords());
            return false;
        }
        onCode.forEach(check -> compare(check, end.exitCode(), ""));
        return true;
    }

    private void judgeFigures(JsonFigures json) {
        if (!payload.json()) {
            return;
        }
        if (json.figures().isEmpty() && json.problem().isPresent()) {
            fail("has output = JSON, but its figures cannot be read: "
                    + json.problem().get() + cut() + lastWords());
            return;
        }
        for (Check check : checksOf(false)) {
            Double value = json.figures().get(check.metric());
            if (value == null) {
                fail("printed no figure '" + check.metric() + "'"
                        + Suggestions.nearest(check.metric(), json.figures().keySet())
                                .map(near -> " (did you mean '" + near + "'?)")
                                .orElse("")
                        + ". It printed " + json.figures().size() + " figures"
                        + json.problem().map(why -> "; " + why).orElse("") + cut());
            } else {
                compare(check, value, payload.unitOf(check.metric()));
            }
        }
    }

    private List<Check> checksOf(boolean exitCode) {
        return payload.checks().stream()
                .filter(c -> c.metric().equals(PayloadEntry.EXIT_CODE) == exitCode)
                .toList();
    }

    private void compare(Check check, double value, String unit) {
        if (check.min().isPresent() && value < check.min().getAsDouble()) {
            lines.add(who + ": " + check.metric() + " is " + number(value) + unit + ", below its minimum of "
                    + number(check.min().getAsDouble()) + unit);
        }
        if (check.max().isPresent() && value > check.max().getAsDouble()) {
            lines.add(who + ": " + check.metric() + " is " + number(value) + unit + ", above its maximum of "
                    + number(check.max().getAsDouble()) + unit);
        }
    }

    private void fail(String what) {
        lines.add(who + " " + what);
    }

    private String cut() {
        long kept = (long) end.output().length() + end.errors().length();
        return end.outputBytes() > kept
                ? "; it wrote " + end.outputBytes() + " bytes, of which about " + kept + " were kept"
                : "";
    }

    /** The end of what it said: of its errors if it wrote any, else of its output. */
    private String lastWords() {
        String text = (end.errors().isBlank() ? end.output() : end.errors()).strip();
        if (text.isEmpty()) {
            return "; it printed nothing";
        }
        List<String> all = CONTROL.matcher(text).replaceAll("?").lines().toList();
        String words = String.join("\n", all.subList(Math.max(0, all.size() - LAST_WORDS), all.size()));
        return "; its last words:\n"
                + (words.length() > MAX_WORDS ? "…" + words.substring(words.length() - MAX_WORDS) : words);
    }

    /** Numbers as they are everywhere on Linux but on MIPS and Alpha (signal(7)). */
    private static String signalName(int signal) {
        return signal < SIGNALS.length ? " (" + SIGNALS[signal] + ")" : "";
    }

    /** Without a fraction where there is none. */
    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : String.format(Locale.ROOT, "%.6g", value);
    }
}
