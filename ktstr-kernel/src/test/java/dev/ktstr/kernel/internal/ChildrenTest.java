package dev.ktstr.kernel.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildrenTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    Path dir;

    @Test
    void theOutputOfAProgramComesBackAndItsArgumentsAreNotExpanded() {
        assertThat(Children.run("print", List.of("printf", "%s", "$HOME *"), dir, LONG))
                .isEqualTo("$HOME *");
    }

    @Test
    void aProgramThatFailsIsNamedWithItsStatusAndItsOwnWords() {
        assertThatThrownBy(() -> Children.run("do it", List.of("sh", "-c", "echo broken >&2; exit 3"), dir, LONG))
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("cannot do it: ")
                .hasMessageContaining("ended with status 3:\n  broken");
    }

    @Test
    void aProgramThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Children.run("do it", List.of("ktstr-no-such-program"), dir, LONG))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("cannot run ktstr-no-such-program");
    }

    @Test
    void aProgramThatOverrunsIsKilledWithItsOwnChildren() {
        String script = "sleep 61 & echo $! >pids; echo $$ >>pids; echo stuck >&2; wait";
        assertThatThrownBy(() -> Children.run("wait", List.of("sh", "-c", script), dir, Duration.ofMillis(500)))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("was killed:\n  stuck");
        assertThat(dir.resolve("pids")).content().satisfies(pids -> {
            assertThat(pids.lines()).hasSize(2);
            assertThat(pids.lines()).allSatisfy(ChildrenTest::assertDead);
        });
    }

    @Test
    void anInterruptKillsTheProgramAndStaysSet() {
        Thread.currentThread().interrupt();
        try {
            assertThatThrownBy(() -> Children.run("wait", List.of("sleep", "62"), dir, LONG))
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("interrupted while sleep ran");
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    private static void assertDead(String pid) {
        ProcessHandle.of(Long.parseLong(pid)).ifPresent(p -> {
            p.onExit().orTimeout(5, TimeUnit.SECONDS).join();
            assertThat(p.isAlive()).isFalse();
        });
    }
}
