package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.annotations.BpfMapWrite;
import dev.ktstr.annotations.Checks;
import dev.ktstr.annotations.Claimable;
import dev.ktstr.annotations.Flag;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.annotations.Metric;
import dev.ktstr.annotations.Payload;
import dev.ktstr.annotations.PayloadCheck;
import dev.ktstr.annotations.Scheduler;
import dev.ktstr.annotations.Sysctl;
import dev.ktstr.annotations.Topology;
import dev.ktstr.annotations.TopologyConstraints;
import dev.ktstr.run.OptionNames;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that list things list all of them, and the links between pages lead somewhere. */
class DocsTest {
    private static final Path PAGES = Path.of("../src/site/markdown");
    private static final Pattern PARAMETER = Pattern.compile("property = \"ktstr\\.([A-Za-z.]+)\"");
    private static final Pattern READ =
            Pattern.compile("ptions(?:\\(\\))?\\s*\\.(?:get|on|positive|seconds|flag|text)\\(\\s*\"([A-Za-z.]+)\"");
    private static final Pattern NAMED = Pattern.compile("`(?:-D)?ktstr\\.([A-Za-z.]+)");
    private static final Pattern LINK = Pattern.compile("]\\(([a-z-]+)\\.html");

    @Test
    void everyOptionThatTheCodeReadsIsKnownAndNothingElseIs() throws IOException {
        Set<String> read = new TreeSet<>();
        for (Path source : mainSources()) {
            String text = Files.readString(source);
            all(PARAMETER, text).forEach(read::add);
            all(READ, text).forEach(read::add);
        }
        // Read by the modules below the harness, which have no Options, and by the environment alone.
        read.addAll(Set.of("backend", "qemu", "qemu.cpu", "remoteCache", "remoteCache.readOnly", "scheduler.path"));
        read.remove("cache.dir");
        assertThat(OptionNames.ALL).containsExactlyElementsOf(read); // in this order
    }

    @Test
    void everyOptionStandsOnItsPageAndNoOther() throws IOException {
        Set<String> documented = all(NAMED, page("options")).collect(Collectors.toCollection(TreeSet::new));
        documented.removeIf(name -> name.startsWith("scheduler.bin"));
        assertThat(documented).containsExactlyInAnyOrderElementsOf(OptionNames.ALL);
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                KtstrTest.class,
                Scheduler.class,
                Flag.class,
                Topology.class,
                TopologyConstraints.class,
                Sysctl.class,
                BpfMapWrite.class,
                Payload.class,
                Metric.class,
                PayloadCheck.class,
                Claimable.class
            })
    void everyAttributeStandsOnTheirPage(Class<?> annotation) throws IOException {
        String page = page("annotations");
        String heading = "# @" + annotation.getSimpleName() + "\n";
        assertThat(page).contains(heading);
        String from = page.substring(page.indexOf(heading) + heading.length());
        Matcher next = Pattern.compile("(?m)^#+ @").matcher(from);
        String section = next.find() ? from.substring(0, next.start()) : from;
        List<String> rows =
                all(Pattern.compile("(?m)^\\| `(\\w+)` \\|"), section).sorted().toList();
        assertThat(rows)
                .containsExactlyElementsOf(Arrays.stream(annotation.getDeclaredMethods())
                        .map(Method::getName)
                        .sorted()
                        .toList());
    }

    @Test
    void aSchedulersThresholdsAreThoseOfATestWithTheSameDefaults() throws ReflectiveOperationException {
        for (Method threshold : Checks.class.getDeclaredMethods()) {
            assertThat(KtstrTest.class.getMethod(threshold.getName()).getDefaultValue())
                    .as(threshold.getName())
                    .isEqualTo(threshold.getDefaultValue());
        }
    }

    @Test
    void linksAndTheMenuLeadToPagesAndEveryPageIsInTheMenu() throws IOException {
        Set<String> pages = new TreeSet<>();
        Set<String> linked = new TreeSet<>();
        try (Stream<Path> files = Files.list(PAGES)) {
            for (Path file : files.toList()) {
                pages.add(file.getFileName().toString().replace(".md", ""));
                all(LINK, Files.readString(file)).forEach(linked::add);
            }
        }
        String menu = Files.readString(PAGES.resolveSibling("site.xml"));
        assertThat(pages).containsAll(linked);
        assertThat(all(Pattern.compile("href=\"([a-z-]+)\\.html\""), menu)).containsExactlyInAnyOrderElementsOf(pages);
    }

    private static String page(String name) throws IOException {
        return Files.readString(PAGES.resolve(name.toLowerCase(Locale.ROOT) + ".md"));
    }

    private static Stream<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map((MatchResult found) -> found.group(1));
    }

    private static List<Path> mainSources() throws IOException {
        try (Stream<Path> files = Files.find(
                Path.of(".."),
                12,
                (path, attributes) -> path.toString().endsWith(".java")
                        && path.toString().matches("\\.\\./ktstr-[a-z-]+/src/main/.*"))) {
            return files.toList();
        }
    }
}
