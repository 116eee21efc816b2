package dev.ktstr.verify;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a verifier log readable: of a loop that the verifier walked round by round, the first and the last round stay, and a
 * line between them says how many there were. Rounds are the same when their lines are, but for register states. Loops in
 * loops are found by doing it again, up to five times.
 *
 * <p>A pure function of text. It never makes a text longer, and a text that it made stays as it is.
 */
public final class CycleCollapse {
    private static final int PASSES = 5;

    /** Fewer rounds than this are read faster than a line about them. */
    private static final int MIN_ROUNDS = 4;

    /** How many later places with the same line may be the start of the next round. */
    private static final int CANDIDATES = 16;

    /** What the kernel prints for an instruction, print_bpf_insn() of kernel/bpf/disasm.c; behind the semicolon, registers. */
    private static final Pattern INSTRUCTION = Pattern.compile("^(\\d+): \\([0-9a-f]{2}\\) [^;]*");

    /** Where the state of registers begins in other lines: {@code from 16 to 10: R1_w=1}, {@code 0: R1=ctx()}. */
    private static final Pattern STATE = Pattern.compile("[:;]\\s+(?:frame\\d+: )?R\\d+(?:_[a-z]+)?=.*$");

    private static final Pattern MADE = Pattern.compile(
            "^\\[\\d+ rounds of instructions \\d+ to \\d+: first and last shown, \\d+ lines left out]$");
    private static final Pattern NUMBERS = Pattern.compile("\\d+ (rounds|lines)");

    private CycleCollapse() {}

    /**
     * A line that stays.
     *
     * @param key equal for lines that differ in register states only
     * @param instruction its number, -1 when it is none
     * @param stands how many lines of the log it stands for
     */
    private record Line(String text, String key, int instruction, int stands) {}

    /** The text with its loops collapsed. */
    public static String collapse(String text) {
        return String.join("\n", collapse(Arrays.asList(text.split("\n", -1))));
    }

    /** The lines with their loops collapsed. */
    public static List<String> collapse(List<String> lines) {
        if (lines.stream().anyMatch(line -> MADE.matcher(line).matches())) {
            return List.copyOf(lines);
        }
        List<Line> now = lines.stream().map(CycleCollapse::line).toList();
        for (int pass = 0; pass < PASSES; pass++) {
            List<Line> next = new Pass(now).run();
            if (next.size() == now.size()) {
                break;
            }
            now = next;
        }
        return now.stream().map(Line::text).toList();
    }

    private static Line line(String text) {
        Matcher instruction = INSTRUCTION.matcher(text);
        if (instruction.find()) {
            return new Line(text, instruction.group().stripTrailing(), number(instruction.group(1)), 1);
        }
        String key = STATE.matcher(text).replaceFirst(":");
        return new Line(text, text.endsWith(": safe") ? key + " safe" : key, -1, 1);
    }

    private static int number(String digits) {
        return digits.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    /** One look over all lines. */
    private static final class Pass {
        private final List<Line> lines;
        private final int[] ids;
        private final int[] next;
        private final long[] hashes;
        private final long[] powers;

        Pass(List<Line> lines) {
            this.lines = lines;
            int n = lines.size();
            ids = new int[n];
            next = new int[n];
            hashes = new long[n + 1];
            powers = new long[n + 1];
            Map<String, Integer> known = new HashMap<>();
            for (int i = 0; i < n; i++) {
                ids[i] = known.computeIfAbsent(lines.get(i).key, key -> known.size());
            }
            int[] last = new int[known.size()];
            Arrays.fill(last, n);
            for (int i = n - 1; i >= 0; i--) {
                next[i] = last[ids[i]];
                last[ids[i]] = i;
            }
            powers[0] = 1;
            for (int i = 0; i < n; i++) {
                // Knuth's multiplier; any odd one that mixes would do, for a match is compared afterwards.
                powers[i + 1] = powers[i] * 6364136223846793005L;
                hashes[i + 1] = hashes[i] * 6364136223846793005L + ids[i] + 1;
            }
        }

        List<Line> run() {
            List<Line> kept = new ArrayList<>();
            int i = 0;
            while (i < lines.size()) {
                int period = period(i);
                int rounds = period == 0 ? 0 : rounds(i, period);
                if (rounds < MIN_ROUNDS || !collapsed(i, period, rounds, kept)) {
                    kept.add(lines.get(i));
                    i++;
                    continue;
                }
                i += period * rounds;
            }
            return kept;
        }

        /** Lines to the start of the next round, if a loop begins here; else 0. */
        private int period(int from) {
            int at = next[from];
            for (int tried = 0; tried < CANDIDATES && at < ids.length; tried++, at = next[at]) {
                int period = at - from;
                // The last of the rounds that there must be, first: cheap to refuse.
                long end = from + (long) period * MIN_ROUNDS;
                if (end <= ids.length && same(from, at, period) && same(from, (int) end - period, period)) {
                    return period;
                }
            }
            return 0;
        }

        private int rounds(int from, int period) {
            int rounds = 1;
            int at = from + period;
            while (at <= ids.length - period && same(from, at, period)) {
                rounds++;
                at += period;
            }
            return rounds;
        }

        private boolean same(int a, int b, int length) {
            return hash(a, length) == hash(b, length) && Arrays.equals(ids, a, a + length, ids, b, b + length);
        }

        private long hash(int from, int length) {
            return hashes[from + length] - hashes[from] * powers[length];
        }

        /** Adds the loop in short, if it is one of instructions and gets shorter by it. */
        private boolean collapsed(int from, int period, int rounds, List<Line> kept) {
            List<Line> first = lines.subList(from, from + period);
            int[] instructions = first.stream()
                    .mapToInt(Line::instruction)
                    .filter(n -> n >= 0)
                    .toArray();
            if (instructions.length == 0) {
                return false;
            }
            List<Line> between = lines.subList(from + period, from + period * (rounds - 1));
            int stands = between.stream().mapToInt(Line::stands).sum();
            String text = "[" + rounds + " rounds of instructions "
                    + Arrays.stream(instructions).min().orElseThrow() + " to "
                    + Arrays.stream(instructions).max().orElseThrow() + ": first and last shown, " + stands
                    + " lines left out]";
            long saved =
                    between.stream().mapToLong(line -> bytes(line.text) + 1).sum();
            if (bytes(text) + 1 > saved) {
                return false;
            }
            kept.addAll(first);
            kept.add(new Line(text, NUMBERS.matcher(text).replaceAll("$1"), -1, stands));
            kept.addAll(lines.subList(from + period * (rounds - 1), from + period * rounds));
            return true;
        }

        private static int bytes(String text) {
            return text.getBytes(StandardCharsets.UTF_8).length;
        }
    }
}
