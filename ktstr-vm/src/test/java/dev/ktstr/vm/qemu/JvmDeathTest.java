package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.MicroGuest;
import dev.ktstr.vm.VirtualMachine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** QEMU does not outlive the JVM that started it, however that ends. */
class JvmDeathTest {
    @TempDir
    Path workDir;

    /** The JVM that dies: starts a machine, says its pid, and waits; on a line of input it ends in an orderly way. */
    static final class Victim {
        public static void main(String[] args) throws IOException {
            VirtualMachine vm = new QemuBackend().start(MicroGuest.spec(Path.of(args[0]), "1n1l1c1t", 256));
            MicroGuest.awaitReady(vm);
            System.out.println(
                    ProcessHandle.current().children().findFirst().orElseThrow().pid());
            if (System.in.read() >= 0) {
                System.exit(0);
            }
        }
    }

    private Process startVictim() throws IOException {
        return new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dbasedir=" + System.getProperty("basedir", "."),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        workDir.toString()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static ProcessHandle qemuOf(Process victim) throws IOException {
        try (BufferedReader lines = victim.inputReader()) {
            String pid = lines.readLine();
            assertThat(pid).as("the victim's QEMU").isNotNull();
            return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
        }
    }

    @Test
    void killingTheJvmOutrightEndsQemu() throws Exception {
        Process victim = startVictim();
        ProcessHandle qemu = qemuOf(victim);
        victim.destroyForcibly();
        qemu.onExit().get(MicroGuest.BOUND.toSeconds(), TimeUnit.SECONDS);
        assertThat(qemu.isAlive()).isFalse();
    }

    @Test
    void anOrderlyEndOfTheJvmEndsQemuThatWasNotClosed() throws Exception {
        Process victim = startVictim();
        ProcessHandle qemu = qemuOf(victim);
        victim.getOutputStream().write('\n');
        victim.getOutputStream().flush();
        assertThat(victim.waitFor(MicroGuest.BOUND.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        qemu.onExit().get(MicroGuest.BOUND.toSeconds(), TimeUnit.SECONDS);
        assertThat(qemu.isAlive()).isFalse();
    }
}
