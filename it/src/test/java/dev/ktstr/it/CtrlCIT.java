package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ctrl-C, and worse, in each phase leaves nothing running. */
class CtrlCIT {
    /** Runs one fixture in a process of its own, and says when a phase is reached. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) {
            Thread watcher = new Thread(Victim::sayWhenBooting, "watcher");
            watcher.setDaemon(true);
            watcher.start();
            Runs.run("runsForAMinute", ctx -> {
                System.out.println("phase scenario");
                System.out.flush();
                return new Fixtures().runsForAMinute(ctx);
            });
        }

        private static void sayWhenBooting() {
            while (Children.qemu().isEmpty()) {
                Thread.onSpinWait();
            }
            System.out.println("phase boot");
            System.out.flush();
        }
    }

    @ParameterizedTest
    @CsvSource({"boot,INT", "scenario,INT", "scenario,KILL"})
    void aSignalInAPhaseEndsTheVirtualMachineToo(String phase, String signal) throws Exception {
        Process victim = start();
        try {
            List<ProcessHandle> machines = awaitPhase(victim, phase);
            assertThat(machines).isNotEmpty();
            Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + victim.pid()).start();
            assertThat(kill.waitFor()).isZero();
            assertThat(victim.waitFor(20, TimeUnit.SECONDS)).isTrue();
            for (ProcessHandle machine : machines) {
                Children.awaitDeath(machine);
            }
        } finally {
            victim.destroyForcibly();
        }
    }

    private static Process start() throws IOException {
        List<String> command = new ArrayList<>(Children.INTERRUPTIBLE);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        for (String name : System.getProperties().stringPropertyNames()) {
            if (name.startsWith("ktstr.")) {
                command.add("-D" + name + "=" + System.getProperty(name));
            }
        }
        command.add(Victim.class.getName());
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static List<ProcessHandle> awaitPhase(Process victim, String phase) throws IOException {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8));
        List<String> seen = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            seen.add(line);
            if (line.equals("phase " + phase)) {
                return victim.toHandle().descendants().filter(Children::isQemu).toList();
            }
        }
        throw new AssertionError("the process ended before phase " + phase + ": " + seen);
    }
}
