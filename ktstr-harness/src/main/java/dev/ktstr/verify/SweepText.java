package dev.ktstr.verify;

import dev.ktstr.spec.GauntletPreset;
import dev.ktstr.verify.CellResult.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A sweep in words: a block for each cell, and at the end a grid of all and what failed. */
public final class SweepText {
    private static final String INDENT = "  ";
    private static final String GAP = "  ";
    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}&&[^\t]]");
    private final boolean colour;
    private final boolean raw;
    private final int width;

    /**
     * Text of that kind.
     *
     * @param colour whether a terminal shows it to a person
     * @param raw whether verifier logs stand there as the kernel made them
     * @param width how many characters a line of the grid may have; what does not fit is put below
     */
    public SweepText(boolean colour, boolean raw, int width) {
        this.colour = colour;
        this.raw = raw;
        this.width = width;
    }

    /** As wide as it gets. */
    public SweepText(boolean colour, boolean raw) {
        this(colour, raw, Integer.MAX_VALUE);
    }

    /** A cell: a banner, its programs, and the verifier's log where there is one. */
    public List<String> cell(CellResult result) {
        List<String> lines = new ArrayList<>();
        lines.add("verifier " + result.cell().name() + " ("
                + result.cell().preset().topology() + "): " + painted(result.status()) + time(result));
        result.reasons().forEach(reason -> reason.lines().forEach(line -> lines.add(INDENT + harmless(line))));
        table(result.programs()).forEach(line -> lines.add(INDENT + line));
        result.warnings().forEach(warning -> lines.add(INDENT + paint("33", "warning") + ": " + warning));
        for (VerifierLog log : result.logs()) {
            // Counts alone stand in the table.
            if (raw || log.refused() || !log.countsOnly()) {
                lines.addAll(log(log));
            }
        }
        return lines;
    }

    private static String time(CellResult result) {
        Double total = result.timingsMs().get("total");
        return total == null
                ? ""
                : " [" + seconds(total) + ", load " + seconds(result.timingsMs().getOrDefault("load", 0.0)) + "]";
    }

    private static String seconds(double ms) {
        return String.format(Locale.ROOT, "%.2fs", ms / 1000);
    }

    private List<String> log(VerifierLog log) {
        List<String> lines = new ArrayList<>();
        log.stats().ifPresent(stats -> {
            lines.add("--- verifier stats" + of(log) + " ---");
            lines.add("processed=" + stats.processed() + " states=" + stats.peakStates() + "/" + stats.totalStates());
        });
        lines.add("--- scheduler log" + of(log) + " ---");
        (raw ? log.lines() : log.collapsed()).forEach(line -> lines.add(harmless(line)));
        return lines;
    }

    private static String of(VerifierLog log) {
        return log.program().isEmpty() ? "" : ": " + harmless(log.program());
    }

    /** What a scheduler printed does not get to move the cursor. */
    private static String harmless(String text) {
        return CONTROL.matcher(text).replaceAll("?");
    }

    /** A line for each program, values below each other; one that no program has is left out. */
    static List<String> table(List<ProgramCost> programs) {
        Map<String, List<OptionalLong>> columns = new LinkedHashMap<>();
        columns.put(
                "verified_insns",
                programs.stream().map(ProgramCost::verifiedInsns).toList());
        columns.put("states", programs.stream().map(ProgramCost::totalStates).toList());
        columns.put(
                "peak_states", programs.stream().map(ProgramCost::peakStates).toList());
        columns.put("stack", programs.stream().map(ProgramCost::stackDepth).toList());
        columns.put("jited", programs.stream().map(ProgramCost::jitedBytes).toList());
        columns.put("runs", programs.stream().map(ProgramCost::runs).toList());
        columns.values().removeIf(values -> values.stream().noneMatch(OptionalLong::isPresent));
        List<List<String>> rows = new ArrayList<>();
        for (int i = 0; i < programs.size(); i++) {
            List<String> row = new ArrayList<>();
            row.add(programs.get(i).name());
            int at = i;
            columns.forEach((name, values) -> row.add(
                    values.get(at).isPresent() ? name + "=" + values.get(at).getAsLong() : ""));
            rows.add(row);
        }
        return align(rows);
    }

    /** The sweep as a whole, to be shown last. */
    public List<String> summary(List<CellResult> results) {
        List<String> lines = new ArrayList<>();
        lines.add("verifier sweep: " + results.size() + (results.size() == 1 ? " cell, " : " cells, ")
                + count(results, Status.PASS) + " pass, " + count(results, Status.FAIL) + " fail, "
                + count(results, Status.SKIP) + " skip");
        lines.add("");
        lines.addAll(grid(results));
        Set<String> skipped = new LinkedHashSet<>();
        results.stream()
                .filter(r -> r.status() == Status.SKIP)
                .forEach(r -> r.reasons().forEach(reason -> skipped.add(reason)));
        section(lines, "skipped:", skipped.stream());
        section(
                lines,
                "warnings:",
                results.stream()
                        .flatMap(r ->
                                r.warnings().stream().map(warning -> r.cell().name() + ": " + warning)));
        section(lines, "failed:", failed(results));
        return lines;
    }

    /** One line that says that the sweep failed, and of the first cell why; empty when it did not. */
    public Optional<String> failure(List<CellResult> results) {
        List<String> failed = failed(results).map(SweepText::harmless).toList();
        return failed.isEmpty()
                ? Optional.empty()
                : Optional.of(failed.size() + " of " + results.size() + " cells failed"
                        + (failed.size() == 1 ? ": " : ", the first: ") + failed.get(0));
    }

    private static Stream<String> failed(List<CellResult> results) {
        return results.stream()
                .filter(r -> r.status() == Status.FAIL)
                .map(r -> r.cell().name() + ": " + r.reason());
    }

    private static void section(List<String> lines, String title, Stream<String> content) {
        List<String> all = content.toList();
        if (!all.isEmpty()) {
            lines.add("");
            lines.add(title);
            all.forEach(line -> lines.add(INDENT + harmless(line)));
        }
    }

    private static long count(List<CellResult> results, Status status) {
        return results.stream().filter(r -> r.status() == status).count();
    }

    /** A row for each scheduler and kernel, a column for each preset; a dash where there is no such cell. */
    private List<String> grid(List<CellResult> results) {
        List<String> presets = results.stream()
                .map(r -> r.cell().preset())
                .distinct()
                .sorted((a, b) -> Integer.compare(
                        GauntletPreset.all().indexOf(a), GauntletPreset.all().indexOf(b)))
                .map(p -> p.name())
                .toList();
        Map<List<String>, Map<String, Status>> rows = new LinkedHashMap<>();
        for (CellResult r : results) {
            rows.computeIfAbsent(List.of(r.cell().schedulerName(), r.cell().kernelLabel()), k -> new LinkedHashMap<>())
                    .put(r.cell().preset().name(), r.status());
        }
        List<List<String>> table = new ArrayList<>();
        List<String> head = new ArrayList<>(List.of("", ""));
        head.addAll(presets);
        table.add(head);
        rows.forEach((row, cells) -> {
            List<String> line = new ArrayList<>(row);
            presets.forEach(preset -> line.add(cells.containsKey(preset) ? word(cells.get(preset)) : "-"));
            table.add(line);
        });
        return folded(table).stream().map(this::paintedWords).toList();
    }

    /** Columns that do not fit beside the others come below them, behind the same first two. */
    private List<String> folded(List<List<String>> table) {
        List<String> lines = new ArrayList<>();
        int columns = table.get(0).size();
        int from = 2;
        while (from < columns) {
            int to = from + 1;
            while (to < columns && widest(align(part(table, from, to + 1))) <= width) {
                to++;
            }
            if (!lines.isEmpty()) {
                lines.add("");
            }
            lines.addAll(align(part(table, from, to)));
            from = to;
        }
        return lines;
    }

    private static List<List<String>> part(List<List<String>> table, int from, int to) {
        return table.stream()
                .map(row -> Stream.concat(row.subList(0, 2).stream(), row.subList(from, to).stream())
                        .toList())
                .toList();
    }

    private static int widest(List<String> lines) {
        return lines.stream().mapToInt(String::length).max().orElse(0);
    }

    private static String word(Status status) {
        return switch (status) {
            case PASS -> "pass";
            case FAIL -> "FAIL";
            case SKIP -> "skip";
        };
    }

    private String painted(Status status) {
        return paintedWords(word(status));
    }

    /** After aligning, for the codes have no width. */
    private String paintedWords(String line) {
        return colour
                ? line.replaceAll("\\bpass\\b", "\u001b[32mpass\u001b[m")
                        .replaceAll("\\bFAIL\\b", "\u001b[1;31mFAIL\u001b[m")
                        .replaceAll("\\bskip\\b", "\u001b[33mskip\u001b[m")
                : line;
    }

    private String paint(String code, String word) {
        return colour ? "\u001b[" + code + "m" + word + "\u001b[m" : word;
    }

    /** Columns as wide as their widest word. */
    static List<String> align(List<List<String>> rows) {
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).length();
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                line.append(row.get(i))
                        .append(" ".repeat(widths.get(i) - row.get(i).length()))
                        .append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
