package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.result.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Nothing leaks. */
class LeakIT {
    @Test
    void tenVariantsLeaveNoProcessFileMappingOrThread() throws IOException {
        // The first loads classes and native libraries, and starts the threads that live as long as the process.
        boot();
        Map<String, Object> before = census();
        for (int i = 0; i < 10; i++) {
            boot();
        }
        assertThat(census()).isEqualTo(before);
    }

    private static void boot() {
        assertThat(Runs.run("boots", ctx -> null).outcome())
                .satisfies(outcome -> assertThat(outcome.details()).isEmpty())
                .satisfies(outcome -> assertThat(outcome.verdict()).isEqualTo(Verdict.PASS));
    }

    private static Map<String, Object> census() throws IOException {
        Map<String, Object> census = new LinkedHashMap<>();
        census.put("children", ProcessHandle.current().descendants().count());
        census.put("guest memory mappings", mappings());
        census.put("descriptors", descriptors());
        census.put("threads", threads());
        census.put("temp files", tempFiles());
        return census;
    }

    private static long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.contains("memfd:") || line.contains("/dev/shm"))
                    .count();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            return links.map(LeakIT::target)
                    .filter(target ->
                            target.contains("memfd") || target.startsWith("socket") || target.contains("ktstr"))
                    .filter(target -> !target.endsWith(".jar"))
                    .count();
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("ktstr"))
                .collect(Collectors.toSet());
    }

    private static List<String> tempFiles() throws IOException {
        try (Stream<Path> tmp = Files.list(Path.of(System.getProperty("java.io.tmpdir")));
                Stream<Path> shm = Files.list(Path.of("/dev/shm"))) {
            return Stream.concat(tmp, shm)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("ktstr"))
                    .sorted()
                    .toList();
        }
    }
}
