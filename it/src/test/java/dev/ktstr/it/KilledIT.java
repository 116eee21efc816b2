package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.result.Outcome;
import dev.ktstr.vm.host.OwnFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed outright while it saves and forks guests leaves nothing that the next run does not collect. */
class KilledIT {
    private static final int KILLS = 10;

    /** A boot to the saved template, and two forks, take about this long; kills are spread over it. */
    private static final Duration ROUND = Duration.ofSeconds(5);

    @TempDir
    Path temp;

    /** Saves a template and forks it twice, again and again; says when the first round begins. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) throws IOException {
            Path folder = Path.of(args[0]);
            int rounds = Integer.parseInt(args[1]);
            System.out.println("begins");
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < 3; i++) {
                    Outcome outcome = Runs.run(
                                    "boots4",
                                    Map.of(
                                            "ktstr.template", "on",
                                            "ktstr.template.dir", folder.toString(),
                                            "ktstr.sidecar.dir",
                                                    folder.resolve("runs").toString()),
                                    ctx -> null)
                            .outcome();
                    System.out.println(outcome.verdict() + " " + outcome.facts().get("boot"));
                }
                for (Path template : list(folder.resolve("templates"), ".template")) {
                    Files.deleteIfExists(template);
                }
            }
        }
    }

    private static List<Path> list(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(suffix)).toList();
        }
    }

    private Process start(int rounds) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + Files.createDirectories(temp.resolve("tmp")),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("ktstr."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of(Victim.class.getName(), temp.toString(), Integer.toString(rounds)));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Machines of a victim: their command lines name its folder. */
    private List<ProcessHandle> machines() {
        return ProcessHandle.allProcesses()
                .filter(Children::isQemu)
                .filter(p -> p.info().commandLine().orElse("").contains(temp.toString()))
                .toList();
    }

    @Test
    void whereverItIsKilledNoMachineLivesOnAndTheNextRunWorksAndCollectsTheRest() throws Exception {
        List<Long> killed = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            Process victim = start(1000);
            try (BufferedReader lines = victim.inputReader()) {
                assertThat(lines.readLine()).isEqualTo("begins");
                LockSupport.parkNanos(ROUND.toNanos() * i / KILLS);
            } finally {
                victim.destroyForcibly();
            }
            assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
            killed.add(victim.pid());
            machines().forEach(Children::awaitDeath);
            assertThat(machines()).isEmpty();
        }
        // The next run takes only what is old enough not to belong to somebody who is just beginning.
        for (Path folder : list(temp.resolve("tmp"), "")) {
            Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minusSeconds(3600)));
        }
        Process next = start(1);
        try (BufferedReader lines = next.inputReader()) {
            assertThat(lines.lines().skip(1).toList())
                    .hasSize(3)
                    .allMatch(line -> line.startsWith("PASS"))
                    .endsWith("PASS forked", "PASS forked");
        }
        assertThat(next.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(list(temp.resolve("templates"), ".part")).isEmpty();
        assertThat(list(temp.resolve("tmp"), "")).noneMatch(f -> f.toString().contains("ktstr"));
        assertThat(slotsOf(killed)).isEmpty();
        assertThat(machines()).isEmpty();
    }

    /** Places on the host that are still given to one of those processes. */
    private static List<String> slotsOf(List<Long> pids) throws IOException {
        List<String> left = new ArrayList<>();
        Path folder = OwnFolder.inMemory().orElseThrow().resolve("slots");
        for (Path slot : list(folder, ".slot")) {
            try {
                String text = Files.readString(slot);
                if (pids.stream().anyMatch(pid -> (text + " ").contains(" " + pid + " "))) {
                    left.add(text);
                }
            } catch (NoSuchFileException e) {
                // Its machine has ended meanwhile.
            }
        }
        return left;
    }
}
