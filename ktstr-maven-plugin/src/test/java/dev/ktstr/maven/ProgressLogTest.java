package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.BuildListener.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressLogTest {
    private final List<String> lines = new ArrayList<>();
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private long now;

    @Test
    void withoutATerminalALineComesNowAndThen() {
        ProgressLog log = new ProgressLog(lines::add, line -> lines.add("! " + line), null, () -> now);

        log.step("compiling with gcc");
        for (int i = 1; i <= 400; i++) {
            now += 100_000_000L;
            log.progress(compiling(i));
        }
        log.progress(new Progress("linking (LD vmlinux)", 401, 1000, "objects", Duration.ofSeconds(40), null));
        log.warn("careful");

        assertThat(lines)
                .containsExactly(
                        "compiling with gcc",
                        "compiling: 151 of about 1000 objects, 15 %, 1 min 24 s left",
                        "compiling: 301 of about 1000 objects, 30 %, 1 min 9 s left",
                        "linking (LD vmlinux): 401 of about 1000 objects, 40 %",
                        "! careful");
    }

    @Test
    void onATerminalOneLineIsWrittenOverAndWipedBeforeTheNext() {
        PrintStream terminal = new PrintStream(screen, true, StandardCharsets.UTF_8);
        ProgressLog log = new ProgressLog(lines::add, lines::add, terminal, () -> now);
        for (int i = 1; i <= 20; i++) {
            now += 100_000_000L;
            log.progress(compiling(i));
        }
        log.step("caching");
        log.endLine();

        String text = screen.toString(StandardCharsets.UTF_8);
        assertThat(lines).containsExactly("caching");
        assertThat(text)
                .startsWith("\rcompiling: 3 of about 1000 objects")
                .endsWith("\r" + " ".repeat(79) + "\r")
                .doesNotContain("\n", "\033");
        assertThat(text.split("\r", -1)).allMatch(line -> line.length() <= 79);
    }

    private static Progress compiling(int done) {
        return new Progress(
                "compiling",
                done,
                1000,
                "objects",
                Duration.ofSeconds(done / 10),
                Duration.ofSeconds((1000 - done) / 10));
    }
}
