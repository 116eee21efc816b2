package dev.ktstr.catalogue;

import dev.ktstr.rules.Suggestions;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All canned scenarios. */
public final class Catalogue {
    private static final List<CatalogueScenario> ALL = Stream.of(
                    BasicScenarios.all(),
                    CpusetScenarios.all(),
                    DynamicScenarios.all(),
                    StressScenarios.all(),
                    InteractionScenarios.all(),
                    AffinityScenarios.all(),
                    NestedScenarios.all(),
                    PerformanceScenarios.all())
            .flatMap(List::stream)
            .toList();

    /** A name twice throws here, when the class is loaded. */
    private static final Map<String, CatalogueScenario> BY_NAME =
            ALL.stream().collect(Collectors.toUnmodifiableMap(CatalogueScenario::name, Function.identity()));

    private Catalogue() {}

    /** All scenarios, by group. */
    public static List<CatalogueScenario> all() {
        return ALL;
    }

    /**
     * The scenario of that name.
     *
     * @throws IllegalArgumentException when there is none; the message says what may have been meant
     */
    public static CatalogueScenario named(String name) {
        CatalogueScenario found = BY_NAME.get(name);
        if (found == null) {
            throw unknown("scenario '" + name + "'", name);
        }
        return found;
    }

    /**
     * The scenarios that a comma-separated list of names and globs selects, in the catalogue's order. A glob stands for names
     * ({@code cpuset*}), or for groups and names ({@code nested/*}).
     *
     * @throws IllegalArgumentException when a part of the list selects nothing
     */
    public static List<CatalogueScenario> matching(String filter) {
        List<PathMatcher> matchers = Stream.of(filter.split(",", -1))
                .map(String::trim)
                .filter(part -> !part.isEmpty())
                .map(Catalogue::matcher)
                .toList();
        return ALL.stream()
                .filter(s -> matchers.isEmpty() || matchers.stream().anyMatch(matcher -> matches(matcher, s)))
                .toList();
    }

    private static PathMatcher matcher(String glob) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        if (ALL.stream().noneMatch(s -> matches(matcher, s))) {
            throw unknown("scenario that '" + glob + "' selects", glob);
        }
        return matcher;
    }

    private static boolean matches(PathMatcher matcher, CatalogueScenario scenario) {
        return matcher.matches(Path.of(scenario.name())) || matcher.matches(Path.of(scenario.toString()));
    }

    private static IllegalArgumentException unknown(String what, String name) {
        return new IllegalArgumentException("the catalogue has no " + what + "."
                + Suggestions.nearest(name, BY_NAME.keySet())
                        .map(near -> " Did you mean '" + near + "'?")
                        .orElse("")
                + " Its groups are "
                + Stream.of(Group.values()).map(Group::label).collect(Collectors.joining(", "))
                + "; a whole group is selected by basic/*.");
    }
}
