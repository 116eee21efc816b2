package dev.ktstr.result;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Reads what sched_ext tools print when the kernel ends their scheduler: a {@code DEBUG DUMP} block between rows of
 * {@code =}, and a line {@code EXIT: reason (message)} (the shape of {@code UEI_REPORT} in the kernel's
 * tools/sched_ext/include/scx/user_exit_info.h).
 *
 * @param text stdout and stderr of the scheduler
 */
public record SchedulerLog(String text) {
    private static final int TAIL_LINES = 40;
    private static final String EXIT = "EXIT: ";
    private static final String DUMP = "DEBUG DUMP";

    /** Why the kernel ended it: the text after {@code EXIT: }, of the last such line. */
    public Optional<String> exitReason() {
        return text.lines()
                .filter(line -> line.startsWith(EXIT))
                .reduce((first, second) -> second)
                .map(line -> line.substring(EXIT.length()).strip());
    }

    /** The sched_ext dump, empty when none was printed. */
    public Optional<String> dump() {
        List<String> lines = text.lines().toList();
        int start = lines.lastIndexOf(DUMP);
        if (start < 0 || start + 2 > lines.size()) {
            return Optional.empty();
        }
        int from = start + 1;
        if (from < lines.size() && isRule(lines.get(from))) {
            from++;
        }
        int end = from;
        while (end < lines.size() && !isRule(lines.get(end)) && !lines.get(end).startsWith(EXIT)) {
            end++;
        }
        return end == from ? Optional.empty() : Optional.of(String.join("\n", lines.subList(from, end)));
    }

    /** The last lines, without the dump. */
    public String tail() {
        String withoutDump =
                dump().map(dump -> text.replace(dump, "(dump below)")).orElse(text);
        String[] lines = withoutDump.stripTrailing().split("\n", -1);
        int from = Math.max(0, lines.length - TAIL_LINES);
        String tail = String.join("\n", Arrays.copyOfRange(lines, from, lines.length));
        return from == 0 ? tail : "(" + from + " earlier lines in scheduler.log)\n" + tail;
    }

    private static boolean isRule(String line) {
        return line.startsWith("=====");
    }
}
