package dev.ktstr.maven;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.ktstr.run.Shape;
import dev.ktstr.select.Selection;
import dev.ktstr.select.Selection.Decided;
import dev.ktstr.select.Selection.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/** The variants of a project for people, and for programs. */
final class VariantList {
    private VariantList() {}

    /** One line per variant, and what they come to. */
    static List<String> table(Selection selection) {
        List<Decided> all = selection.all();
        if (all.isEmpty()) {
            return List.of(
                    "no test: the project's test classes hold no registry, or an empty one. Is ktstr-processor an annotation"
                            + " processor of its test compilation?");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("VARIANT", "TOPOLOGY", "CPUS", "SCHEDULER", "EXPECTED", "STATUS", "WHY"));
        for (Decided one : all) {
            Shape shape = one.candidate().shape();
            rows.add(List.of(
                    one.candidate().displayName(),
                    shape.topology().toString(),
                    Integer.toString(shape.topology().cpus()),
                    shape.scheduler().map(s -> s.name()).orElse("eevdf"),
                    one.status() == Status.SKIPPED
                            ? "-"
                            : String.format(Locale.ROOT, "%.0f s%s", one.seconds(), one.learnt() ? "" : "?"),
                    word(one.status()),
                    one.status() == Status.SELECTED ? "" : one.reason()));
        }
        List<String> lines = new ArrayList<>(Table.align(rows));
        lines.add("");
        lines.addAll(selection.summary());
        lines.add(String.format(
                Locale.ROOT,
                "%d variants: %d run in about %.0f s, %d skipped, %d left out; '?' marks a cost that is estimated",
                all.size(),
                count(all, Status.SELECTED),
                all.stream()
                        .filter(d -> d.status() == Status.SELECTED)
                        .mapToDouble(Decided::seconds)
                        .sum(),
                count(all, Status.SKIPPED),
                count(all, Status.LEFT_OUT)));
        return lines;
    }

    private static long count(List<Decided> all, Status status) {
        return all.stream().filter(d -> d.status() == status).count();
    }

    private static String word(Status status) {
        return switch (status) {
            case SELECTED -> "run";
            case SKIPPED -> "skip";
            case LEFT_OUT -> "left out";
        };
    }

    /** An array with an object per variant. */
    static String json(Selection selection) throws JsonProcessingException {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Decided one : selection.all()) {
            Shape shape = one.candidate().shape();
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", one.candidate().displayName());
            entry.put("test", shape.test().id());
            entry.put("preset", shape.onPreset() ? shape.preset() : null);
            entry.put("topology", shape.topology().toString());
            entry.put("cpus", shape.topology().cpus());
            entry.put("scheduler", shape.scheduler().map(s -> s.name()).orElse("eevdf"));
            entry.put("profile", shape.profile().flags());
            entry.put("kernel", one.candidate().kernel());
            entry.put("tags", new TreeSet<>(shape.tags()));
            entry.put("status", word(one.status()));
            entry.put("reason", one.reason());
            entry.put("expectedSeconds", one.seconds());
            entry.put("costLearnt", one.learnt());
            all.add(entry);
        }
        return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(all);
    }
}
