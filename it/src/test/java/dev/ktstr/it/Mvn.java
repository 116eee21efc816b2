package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs Maven the way a user does, with the Maven and the local repository of the build that runs these tests. */
final class Mvn {
    static final String VERSION = required("it.version");

    private Mvn() {}

    /**
     * Runs goals to their end.
     *
     * @return what it printed
     */
    static String run(Path project, Path log, Duration limit, String... arguments) throws Exception {
        List<String> argv = new ArrayList<>(List.of(
                required("it.maven"),
                "-B",
                "-ntp",
                "-Dmaven.repo.local=" + required("it.repository"),
                "-Dktstr.version=" + VERSION));
        if (required("it.offline").equals("offline=true")) {
            argv.add("-o");
        }
        argv.addAll(List.of(arguments));
        Process maven = new ProcessBuilder(argv)
                .directory(project.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(maven.waitFor(limit.toSeconds(), TimeUnit.SECONDS))
                    .as(String.join(" ", argv) + " did not end within " + limit + "; " + log)
                    .isTrue();
            String out = Files.readString(log);
            assertThat(maven.exitValue())
                    .as(String.join(" ", argv) + ":\n" + out)
                    .isZero();
            return out;
        } finally {
            maven.descendants().forEach(ProcessHandle::destroyForcibly);
            maven.destroyForcibly();
        }
    }

    /** Copies a sample, without what was built in it. */
    static Path sample(String name, Path to) throws IOException {
        Path from = Path.of(required("it.samples"), name);
        try (var all = Files.walk(from)) {
            for (Path file :
                    all.filter(f -> !from.relativize(f).startsWith("target")).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                }
            }
        }
        return to;
    }

    private static String required(String property) {
        String value = System.getProperty(property, "");
        assertThat(value).as("-D" + property + ", which it/pom.xml sets").isNotEmpty();
        return value;
    }
}
