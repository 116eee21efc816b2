package dev.ktstr.verify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Two sweeps side by side.
 *
 * @param before the earlier or other one
 * @param now the one that was made now
 */
public record Comparison(Figures before, Figures now) {
    private static final String INDENT = "  ";

    /** What became of one program in one cell; an empty side has no such program. */
    private record Pair(Figures.Program before, Figures.Program now) {}

    /** Lines for people: for each cell the programs whose figures differ, and what they come to. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("compared with " + before.source() + ":");
        Map<String, List<List<String>>> changed = new LinkedHashMap<>();
        int same = 0;
        for (Pair pair : pairs()) {
            List<String> row = row(pair);
            if (row.isEmpty()) {
                same++;
            } else {
                changed.computeIfAbsent(pair.now.cell(), cell -> new ArrayList<>())
                        .add(row);
            }
        }
        changed.forEach((cell, rows) -> {
            lines.add(INDENT + cell);
            SweepText.align(rows).forEach(line -> lines.add(INDENT + INDENT + line));
        });
        int others = changed.values().stream().mapToInt(List::size).sum();
        if (others == 0 && same == 0) {
            lines.add(INDENT + "no cell is in both");
        } else {
            lines.add(INDENT
                    + (others == 0 ? "" : others + " differ, ")
                    + same
                    + (same == 1 ? " program is the same" : " programs are the same"));
        }
        return lines;
    }

    /** The programs of the cells that both have, in the order of now; those that are gone behind the others of their cell. */
    private List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        List<String> cells =
                now.programs().stream().map(Figures.Program::cell).distinct().toList();
        for (String cell : cells) {
            List<Figures.Program> old = in(before, cell);
            List<Figures.Program> current = in(now, cell);
            if (old.isEmpty()) {
                continue;
            }
            Figures.Program none = new Figures.Program(cell, "", OptionalLong.empty(), OptionalLong.empty());
            current.forEach(p -> pairs.add(new Pair(find(old, p.name(), none), p)));
            old.stream()
                    .filter(p -> current.stream().noneMatch(q -> q.name().equals(p.name())))
                    .forEach(p -> pairs.add(new Pair(p, none)));
        }
        return pairs;
    }

    private static List<Figures.Program> in(Figures figures, String cell) {
        return figures.programs().stream().filter(p -> p.cell().equals(cell)).toList();
    }

    private static Figures.Program find(List<Figures.Program> all, String name, Figures.Program otherwise) {
        return all.stream().filter(p -> p.name().equals(name)).findFirst().orElse(otherwise);
    }

    private static List<String> row(Pair pair) {
        if (pair.before.name().isEmpty()) {
            return List.of(pair.now.name(), "new", "verified_insns=" + text(pair.now.verifiedInsns()), "");
        }
        if (pair.now.name().isEmpty()) {
            return List.of(pair.before.name(), "gone", "verified_insns=" + text(pair.before.verifiedInsns()), "");
        }
        String insns = change("verified_insns", pair.before.verifiedInsns(), pair.now.verifiedInsns());
        String jited = change("jited", pair.before.jitedBytes(), pair.now.jitedBytes());
        return insns.isEmpty() && jited.isEmpty() ? List.of() : List.of(pair.now.name(), insns, jited, "");
    }

    private static String change(String what, OptionalLong before, OptionalLong now) {
        if (before.equals(now)) {
            return "";
        }
        String change = what + "=" + text(before) + " -> " + text(now);
        if (before.isEmpty() || now.isEmpty() || before.getAsLong() == 0) {
            return change;
        }
        double percent = 100.0 * (now.getAsLong() - before.getAsLong()) / before.getAsLong();
        return change + String.format(Locale.ROOT, " (%+.1f%%)", percent);
    }

    private static String text(OptionalLong value) {
        return value.isPresent() ? Long.toString(value.getAsLong()) : "?";
    }
}
