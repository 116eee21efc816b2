package dev.ktstr.run;

import dev.ktstr.result.SchedulerLog;
import dev.ktstr.run.TestEntry.Expectation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares a failed run with the failure that its test expects: by the kernel's words about the scheduler's end, as the
 * scheduler repeats them ({@code EXIT: …}) and as the kernel's log has them ({@code sched_ext: …}).
 */
final class ExpectedError {
    private static final String KERNEL = "sched_ext: ";
    private static final int MAX_CHARS = 64 << 10;

    private final Expectation expected;

    ExpectedError(Expectation expected) {
        this.expected = expected;
    }

    /** Everything that was said about the end of the scheduler. */
    static List<String> words(String schedulerLog, String console) {
        Stream<String> reason = new SchedulerLog(schedulerLog).exitReason().stream();
        Stream<String> kernel =
                console.lines().filter(line -> line.contains(KERNEL)).map(line -> line.substring(line.indexOf(KERNEL)));
        return Stream.concat(reason, kernel).toList();
    }

    /** What of the expectation does not hold; empty when all of it does. */
    List<String> misses(List<String> words) {
        String all = String.join("\n", words);
        String text = all.substring(0, Math.min(MAX_CHARS, all.length()));
        List<String> misses = new ArrayList<>();
        expected.contains()
                .filter(part -> !text.contains(part))
                .ifPresent(part -> misses.add(miss("expectScxBpfErrorContains = \"" + part + "\"", text)));
        expected.matches()
                .filter(regex -> !Pattern.compile(regex).matcher(text).find())
                .ifPresent(regex -> misses.add(miss("expectScxBpfErrorMatches = \"" + regex + "\"", text)));
        return misses;
    }

    private static String miss(String what, String text) {
        return what + ": the run failed, but not with these words. The kernel's words were: "
                + (text.isBlank() ? "(none)" : text.replace("\n", " | "));
    }

    /** What is kept of a guest's console. */
    static String console(Path console) {
        return Console.tail(console, Integer.MAX_VALUE);
    }
}
