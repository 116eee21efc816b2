package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.VmException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QmpClientTest {
    private static final String GREETING =
            "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 10, \"minor\": 0, \"micro\": 2}}, \"capabilities\": []}}\r\n";
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<String> events = new ArrayList<>();

    /** A client that has read all of this. */
    private QmpClient after(String input) {
        QmpClient client = new QmpClient(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                Channels.newChannel(sent),
                (name, data) -> events.add(name + " " + data.path("reason").asText()));
        client.run();
        return client;
    }

    @Test
    void answersFindTheirCommandAndEventsAreHandedOn() throws IOException, InterruptedException {
        PipedOutputStream peer = new PipedOutputStream();
        QmpClient client = new QmpClient(
                new PipedInputStream(peer, 4096),
                Channels.newChannel(sent),
                (name, data) -> events.add(name + " " + data.path("reason").asText()));
        Thread reader = new Thread(client::run, "qmp-test");
        reader.start();
        peer.write((GREETING + "{\"return\": {}, \"id\": 99}\n").getBytes(StandardCharsets.UTF_8));
        // The answer may come before the command is waited for only if its id is known: 1 is the first command's.
        Thread answerer = new Thread(
                () -> {
                    try {
                        while (!sent.toString(StandardCharsets.UTF_8).contains("qmp_capabilities")) {
                            Thread.onSpinWait();
                        }
                        peer.write("{\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"guest-reset\"}}\n"
                                .getBytes(StandardCharsets.UTF_8));
                        peer.write("{\"return\": {}, \"id\": 1}\n".getBytes(StandardCharsets.UTF_8));
                        peer.close();
                    } catch (IOException e) {
                        throw new java.io.UncheckedIOException(e);
                    }
                },
                "qmp-answers");
        answerer.start();
        assertThat(client.negotiate(SOON)).isEqualTo("10.0.2");
        reader.join(SOON.toMillis());
        answerer.join(SOON.toMillis());
        assertThat(events).containsExactly("SHUTDOWN guest-reset");
    }

    @Test
    void aCommandAfterTheEndFailsAtOnce() {
        QmpClient client = after(GREETING);
        assertThatThrownBy(() -> client.execute("stop", SOON))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("'stop' was not sent")
                .hasMessageContaining("closed its monitor");
    }

    @Test
    void garbageIsNamedNotSwallowed() {
        for (String garbage : List.of("hello\n", "{\"a\": 1}\n", "[1, 2]\n", "{\"QMP\":\n", "\u0000\u0001\n")) {
            QmpClient client = after(garbage);
            assertThatThrownBy(() -> client.negotiate(SOON))
                    .isInstanceOf(VmException.class)
                    .hasMessageContaining("not QMP");
        }
    }

    @Test
    void aLineWithoutEndIsCutOff() {
        QmpClient client = after("x".repeat(QmpClient.MAX_LINE + 1));
        assertThatThrownBy(() -> client.negotiate(SOON))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("not QMP");
    }

    @Test
    void silenceEndsWithTheBound() {
        QmpClient client = new QmpClient(
                new ByteArrayInputStream(new byte[0]), Channels.newChannel(sent), (name, data) -> events.add(name));
        assertThatThrownBy(() -> client.negotiate(Duration.ofMillis(1)))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("did not answer within 1 ms");
    }
}
