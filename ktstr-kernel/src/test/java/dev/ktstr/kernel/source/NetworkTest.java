package dev.ktstr.kernel.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {
    private static final String NAME = "file";
    private static final long MAX = 1 << 20;

    @TempDir
    Path dir;

    private final byte[] content = new byte[300_000];
    private Mirror mirror;
    private Path part;

    @BeforeEach
    void start() throws IOException {
        new Random(7).nextBytes(content);
        mirror = new Mirror();
        mirror.files.put(NAME, content);
        part = dir.resolve("file.part");
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    @Test
    void aFileIsFetchedWhole() {
        List<Long> progress = new ArrayList<>();

        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, progress::add))
                .isTrue();

        assertThat(part).hasBinaryContent(content);
        assertThat(progress).last().isEqualTo(300_000L);
    }

    @Test
    void aTransferThatBreaksOffGoesOnWhereItStopped() {
        mirror.behave(NAME, (exchange, nth) -> {
            if (nth == 1) {
                exchange.sendResponseHeaders(200, content.length);
                exchange.getResponseBody().write(content, 0, 200_000);
                exchange.getResponseBody().flush();
                exchange.close();
            }
            return nth == 1;
        });

        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, n -> {})).isTrue();

        assertThat(part).hasBinaryContent(content);
        assertThat(mirror.requests).hasSize(2).last().asString().matches("/file bytes=\\d{5,6}-");
    }

    @Test
    void whatAnEarlierRunLeftIsTakenForTheBeginning() throws IOException {
        Files.write(part, java.util.Arrays.copyOf(content, 1000));

        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, n -> {})).isTrue();

        assertThat(part).hasBinaryContent(content);
        assertThat(mirror.requests).containsExactly("/file bytes=1000-");
    }

    @Test
    void aPartThatIsAlreadyWholeIsKeptAndOneThatIsTooLongIsThrownAway() throws IOException {
        Files.write(part, content);
        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, n -> {})).isTrue();
        assertThat(part).hasBinaryContent(content);

        Files.write(part, new byte[content.length + 1]);
        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, n -> {})).isTrue();
        assertThat(part).hasBinaryContent(content);
    }

    @Test
    void aServerThatKnowsNoRangesStartsFromTheBeginning() throws IOException {
        Files.write(part, new byte[1000]);
        mirror.behave(NAME, (exchange, nth) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
            return true;
        });

        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, n -> {})).isTrue();
        assertThat(part).hasBinaryContent(content);
    }

    @Test
    void aServerThatStallsIsGivenUpAfterItsAttempts() {
        mirror.behave(NAME, (exchange, nth) -> {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content, 0, 100);
            exchange.getResponseBody().flush();
            mirror.stall();
            return true;
        });

        assertThatThrownBy(() -> Mirror.IMPATIENT.download(mirror.uri(NAME), part, MAX, n -> {}))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("cannot get " + mirror.uri(NAME) + ": the server sent nothing for")
                .hasMessageContaining("3 attempts in a row brought nothing")
                .hasMessageContaining("-Dktstr.kernel.mirror=URL");
        assertThat(mirror.requests).hasSizeLessThanOrEqualTo(3);
    }

    @Test
    void aServerThatIsBusyIsAskedAgainAndOneThatRefusesIsNot() {
        mirror.behave(NAME, (exchange, nth) -> {
            if (nth < 3) {
                exchange.sendResponseHeaders(nth == 1 ? 503 : 429, -1);
            }
            return nth < 3;
        });
        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, n -> {})).isTrue();
        assertThat(part).hasBinaryContent(content);

        mirror.behave("refused", (exchange, nth) -> {
            exchange.sendResponseHeaders(403, -1);
            return true;
        });
        assertThatThrownBy(() -> Mirror.FAST.download(mirror.uri("refused"), part, MAX, n -> {}))
                .hasMessageContaining("answers with status 403");
        assertThat(mirror.requests).filteredOn(r -> r.startsWith("/refused")).hasSize(1);
    }

    @Test
    void aFileThatIsNotThereIsNoError() {
        assertThat(Mirror.FAST.download(mirror.uri("none"), part, MAX, n -> {})).isFalse();
        assertThat(Mirror.FAST.small(mirror.uri("none"), 100)).isEmpty();
        assertThat(mirror.requests).hasSize(2);
    }

    @Test
    void aSmallFileHasABound() {
        assertThat(Mirror.FAST.small(mirror.uri(NAME), content.length)).hasValue(content);
        assertThatThrownBy(() -> Mirror.FAST.small(mirror.uri(NAME), content.length - 1))
                .hasMessageContaining("has more than 299999 bytes");
    }

    @Test
    void aPartThatWasNotAskedForIsThrownAwayAndAllOfItFetched() throws IOException {
        Files.write(part, java.util.Arrays.copyOf(content, 1000));
        mirror.behave(NAME, (exchange, nth) -> {
            if (nth == 1) {
                exchange.getResponseHeaders().set("Content-Range", "bytes 500-299999/300000");
                exchange.sendResponseHeaders(206, content.length - 500);
                exchange.getResponseBody().write(content, 500, content.length - 500);
            }
            return nth == 1;
        });

        assertThat(Mirror.FAST.download(mirror.uri(NAME), part, MAX, n -> {})).isTrue();
        assertThat(part).hasBinaryContent(content);
        assertThat(mirror.requests).containsExactly("/file bytes=1000-", "/file");
    }

    @Test
    void aFileThatIsLargerThanItMayBeIsNotAskedForAgain() {
        assertThatThrownBy(() -> Mirror.FAST.download(mirror.uri(NAME), part, content.length - 1, n -> {}))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("sends more than 299999 bytes");
        assertThat(mirror.requests).hasSize(1);
    }

    @Test
    void userAndPasswordAreSentAndNotShown() {
        URI uri = URI.create(mirror.uri(NAME).toString().replace("http://", "http://u:secret@"));
        mirror.behave(NAME, (exchange, nth) -> {
            boolean known =
                    "Basic dTpzZWNyZXQ=".equals(exchange.getRequestHeaders().getFirst("Authorization"));
            if (!known || nth > 1) {
                exchange.sendResponseHeaders(403, -1);
            }
            return !known || nth > 1;
        });

        assertThat(Mirror.FAST.download(uri, part, MAX, n -> {})).isTrue();
        assertThatThrownBy(() -> Mirror.FAST.small(uri, 100))
                .hasMessageContaining("cannot get " + mirror.uri(NAME))
                .hasMessageNotContaining("secret");
    }

    @Test
    void aHostThatIsNotThereIsNamed() {
        mirror.close();

        assertThatThrownBy(() -> Mirror.FAST.small(mirror.uri(NAME), 100))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("cannot get " + mirror.uri(NAME))
                .hasMessageContaining("nobody listens at 127.0.0.1:");
        assertThatThrownBy(() -> Mirror.FAST.small(URI.create("http://ktstr.invalid/x"), 100))
                .hasMessageContaining("the host ktstr.invalid is not known");
        assertThatThrownBy(() -> Mirror.FAST.small(URI.create("file:///etc/passwd"), 100))
                .hasMessageContaining("not an http or https address");
    }
}
