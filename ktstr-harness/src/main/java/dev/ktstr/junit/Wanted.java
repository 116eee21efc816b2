package dev.ktstr.junit;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.AbstractTestDescriptor;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TagFilter;

/**
 * Which tags a run wants. Variants that are tagged {@code gauntlet} or {@code demo} are run only where somebody asked for the
 * tag, and the other variants unless somebody asked for tags that they do not have.
 *
 * <p>How somebody asks differs: {@code -Dgroups} of surefire and failsafe, a tag filter of an IDE, our own
 * {@code -Dktstr.groups}, or the tests themselves, by name. The first two come as filters of the request, of which only
 * their answers can be seen; so they are asked about tests that do not exist.
 */
public final class Wanted {
    /** Tags that a variant has to be asked for by. */
    static final Set<String> OPT_IN = Set.of("gauntlet", "demo");

    private static final List<Set<String>> PROBES =
            List.of(Set.of(), Set.of("gauntlet"), Set.of("demo"), Set.of("gauntlet", "demo"));

    private final List<PostDiscoveryFilter> filters;
    private final Set<String> optedIn;

    private Wanted(List<PostDiscoveryFilter> filters, Set<String> optedIn) {
        this.filters = filters;
        this.optedIn = optedIn;
    }

    /**
     * What a request's filters and our own option ask for.
     *
     * @param filters the request's
     * @param groups value of {@code ktstr.groups}: tags to be run besides, separated by commas
     */
    static Wanted of(List<PostDiscoveryFilter> filters, Optional<String> groups) {
        List<PostDiscoveryFilter> byTag = filters.stream()
                .filter(f ->
                        PROBES.stream().map(tags -> accepts(f, tags)).distinct().count() > 1)
                .toList();
        Set<String> optedIn = new TreeSet<>();
        for (String tag : OPT_IN) {
            boolean asked = byTag.stream().anyMatch(f -> !accepts(f, Set.of()) && accepts(f, Set.of(tag)));
            boolean named = groups.map(
                            text -> List.of(text.split("[,|\\s]+", -1)).contains(tag))
                    .orElse(false);
            if (asked || named) {
                optedIn.add(tag);
            }
        }
        if (byTag.stream()
                .anyMatch(f -> accepts(f, OPT_IN)
                        && PROBES.stream().filter(tags -> accepts(f, tags)).count() == 1)) {
            optedIn.addAll(OPT_IN);
        }
        return new Wanted(byTag, optedIn);
    }

    /**
     * As Maven's options say it, for use outside a launcher.
     *
     * @param include {@code -Dgroups}, a tag expression
     * @param exclude {@code -DexcludedGroups}
     * @param groups {@code -Dktstr.groups}
     */
    public static Wanted of(Optional<String> include, Optional<String> exclude, Optional<String> groups) {
        List<PostDiscoveryFilter> filters = new ArrayList<>();
        include.ifPresent(text -> filters.add(TagFilter.includeTags(text.split(",", -1))));
        exclude.ifPresent(text -> filters.add(TagFilter.excludeTags(text.split(",", -1))));
        return of(filters, groups);
    }

    /** This, and tags that are wanted because their tests were named themselves. */
    Wanted with(Set<String> tags) {
        Set<String> more = new TreeSet<>(optedIn);
        more.addAll(tags);
        return new Wanted(filters, more);
    }

    /** What it answers, for those who keep what follows from it. */
    String key() {
        return PROBES.stream().map(tags -> accepts(tags) ? "1" : "0").collect(Collectors.joining());
    }

    /** Whether a variant with those tags is wanted. */
    public boolean accepts(Set<String> tags) {
        boolean asked = tags.stream().filter(OPT_IN::contains).allMatch(optedIn::contains);
        return asked && filters.stream().allMatch(f -> accepts(f, tags));
    }

    private static boolean accepts(PostDiscoveryFilter filter, Set<String> tags) {
        return filter.apply(new Imagined(tags)).included();
    }

    /** A test that has nothing but tags. */
    private static final class Imagined extends AbstractTestDescriptor {
        private final Set<TestTag> tags = new LinkedHashSet<>();

        Imagined(Set<String> names) {
            super(UniqueId.forEngine("ktstr-imagined"), "a test that has nothing but tags");
            names.forEach(name -> tags.add(TestTag.create(name)));
        }

        @Override
        public Set<TestTag> getTags() {
            return tags;
        }

        @Override
        public Type getType() {
            return TestDescriptor.Type.TEST;
        }
    }
}
