package dev.ktstr.kernel.build;

import dev.ktstr.kernel.build.Kconfig.Option;
import dev.ktstr.kernel.build.Kconfig.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of the options that were asked for.
 *
 * @param lost the options that did not survive {@code olddefconfig}
 */
public record ConfigReport(List<Lost> lost) {
    /**
     * An option that did not survive.
     *
     * @param option what was asked for
     * @param known whether the tree's Kconfig files define it
     * @param because what it came to, and what keeps it from being set as far as that is known
     */
    public record Lost(Option option, boolean known, String because) {
        /** One line about it. */
        public String line() {
            return option.line() + " did not survive: " + because;
        }
    }

    public ConfigReport {
        lost = List.copyOf(lost);
    }

    /**
     * Compares what was asked for with what came out.
     *
     * @param result the options of the finished configuration, by name
     */
    static ConfigReport of(Kconfig asked, Map<String, String> result, KconfigTree tree) {
        List<Lost> lost = new ArrayList<>();
        for (Option option : asked.options()) {
            String got = result.getOrDefault(option.name(), "n");
            if (!got.equals(option.value())) {
                lost.add(new Lost(option, tree.knows(option.name()), because(option, got, result, tree)));
            }
        }
        return new ConfigReport(lost);
    }

    /** What the user asked for and did not get: reason enough not to build. */
    public List<Lost> refused() {
        return lost.stream().filter(l -> l.option().origin() == Origin.USER).toList();
    }

    /** What of ours the tree knows and did not take; worth a warning. */
    public List<Lost> warnings() {
        return lost.stream()
                .filter(l -> l.option().origin() == Origin.OURS && l.known())
                .toList();
    }

    private static String because(Option option, String got, Map<String, String> result, KconfigTree tree) {
        String name = option.name();
        if (!tree.knows(name)) {
            return "this kernel has no such option";
        }
        String came = got.equals("n") ? "" : "it came to " + got + ". ";
        if (option.value().equals("n")) {
            return came + "something that is set selects it, or it is on where its dependencies hold";
        }
        List<KconfigTree.Definition> definitions = tree.definitions(name);
        if (definitions.stream().noneMatch(KconfigTree.Definition::hasPrompt)) {
            return came + "it cannot be set by hand, others select it";
        }
        List<String> reasons = definitions.stream()
                .filter(KconfigTree.Definition::hasPrompt)
                .map(d -> d.conditions().stream()
                        .flatMap(c -> KconfigExpression.failing(c, result).stream())
                        .distinct()
                        .collect(Collectors.joining(", ")))
                .distinct()
                .toList();
        if (reasons.stream().anyMatch(String::isEmpty)) {
            return came
                    + "its dependencies seem to hold; another choice, its range, or the toolchain keeps it from being "
                    + option.value() + " (see " + name + " in the tree's Kconfig files)";
        }
        return came + "it needs " + String.join("; or ", reasons);
    }
}
