package dev.ktstr.verify;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the verifier said about one program, as the scheduler that loaded it printed it.
 *
 * @param program its name; empty when the scheduler did not say
 * @param lines the log
 * @param refused whether libbpf printed it because the program was refused; it prints those of accepted programs in the same frame
 *     when a scheduler asks for them
 */
public record VerifierLog(String program, List<String> lines, boolean refused) {
    /** libbpf's frame, bpf_object_load_prog() of libbpf.c; its users put names and levels before it. */
    private static final Pattern BEGIN = Pattern.compile("(?:prog '([^']*)': )?-- BEGIN PROG LOAD LOG --");

    /** What libbpf says right before the log of a program that was refused. */
    private static final Pattern FAILED = Pattern.compile("prog '([^']*)': BPF program load failed: ");

    private static final String END = "-- END PROG LOAD LOG --";

    /** How a log starts that a scheduler asked for and printed itself. */
    private static final Pattern BARE = Pattern.compile("^(?:func#0 @0|0: R1=ctx.*)$");

    public VerifierLog {
        lines = List.copyOf(lines);
    }

    /** The logs in what a scheduler printed, in order. */
    public static List<VerifierLog> in(String output) {
        List<VerifierLog> logs = new ArrayList<>();
        List<String> lines = new ArrayList<>();
        String program = "";
        String failed = "";
        Optional<Kind> within = Optional.empty();
        for (String line : (Iterable<String>) output.lines()::iterator) {
            Matcher begin = BEGIN.matcher(line);
            Matcher failure = FAILED.matcher(line);
            if (failure.find()) {
                failed = failure.group(1);
            }
            if (begin.find()) {
                keep(logs, program, lines, within);
                program = begin.group(1) == null ? "" : begin.group(1);
                within = Optional.of(program.isEmpty() || program.equals(failed) ? Kind.REFUSED : Kind.FRAMED);
            } else if (within.isEmpty() && BARE.matcher(line).matches()) {
                program = "";
                within = Optional.of(Kind.BARE);
                lines.add(line);
            } else if (within.isPresent()) {
                boolean framed = within.get() != Kind.BARE;
                if (!framed || !line.contains(END)) {
                    lines.add(line);
                }
                if (framed ? line.contains(END) : VerifierStats.of(line).isPresent()) {
                    keep(logs, program, lines, within);
                    within = Optional.empty();
                }
            }
        }
        keep(logs, program, lines, within);
        return logs;
    }

    private enum Kind {
        /** In libbpf's frame, behind its word that the program was refused, or with nothing that says which program it is of. */
        REFUSED,
        /** In libbpf's frame, and nothing says that the program was refused. */
        FRAMED,
        BARE
    }

    private static void keep(List<VerifierLog> logs, String program, List<String> lines, Optional<Kind> kind) {
        if (!lines.isEmpty()) {
            // A log without an end is of a scheduler that got no further.
            boolean whole =
                    lines.stream().anyMatch(line -> VerifierStats.of(line).isPresent());
            boolean refused =
                    kind.equals(Optional.of(Kind.REFUSED)) || (kind.equals(Optional.of(Kind.FRAMED)) && !whole);
            logs.add(new VerifierLog(program, lines, refused));
            lines.clear();
        }
    }

    /** What it counted, when the log has its end. */
    public Optional<VerifierStats> stats() {
        return lines.stream().map(VerifierStats::of).flatMap(Optional::stream).reduce((a, b) -> b);
    }

    /** The line that says why the program was refused: the last before the counts. */
    public Optional<String> reason() {
        List<String> told = lines.stream()
                .takeWhile(line -> VerifierStats.of(line).isEmpty())
                .filter(line -> !line.isBlank() && !line.startsWith("verification time "))
                .toList();
        return refused && !told.isEmpty()
                ? Optional.of(told.get(told.size() - 1).strip())
                : Optional.empty();
    }

    /** Whether it is nothing but counts, as with level 4, {@code BPF_LOG_STATS}. */
    public boolean countsOnly() {
        return lines.stream().noneMatch(line -> line.matches("\\d+: .*"));
    }

    /** The log for people, each loop in short. */
    public List<String> collapsed() {
        return CycleCollapse.collapse(lines);
    }
}
