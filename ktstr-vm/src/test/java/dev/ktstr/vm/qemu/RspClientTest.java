package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.VmException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class RspClientTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final List<RspClient.Stop> stops = new ArrayList<>();

    /** A client whose peer has said this, and closed. */
    private RspClient after(String input) {
        RspClient client = client(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)));
        client.run();
        return client;
    }

    /** A client whose peer says this, and is still there. */
    private RspClient reading(String input) {
        RspClient client = client(new InputStream() {
            private int at;

            @Override
            public int read() {
                if (at == input.length()) {
                    throw new EndOfScript();
                }
                return input.charAt(at++);
            }

            @Override
            public int read(byte[] into, int from, int length) {
                into[from] = (byte) read();
                return 1;
            }
        });
        assertThatThrownBy(client::run).isInstanceOf(EndOfScript.class);
        return client;
    }

    private static final class EndOfScript extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private RspClient client(InputStream in) {
        return new RspClient(in, Channels.newChannel(sent), stops::add);
    }

    private static String packet(String body) {
        return new String(RspClient.frame(body), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aPacketCarriesTheSumOfItsBytes() {
        assertThat(packet("c")).isEqualTo("$c#63");
        assertThat(packet("Z2,ffffffff83e49088,4")).isEqualTo("$Z2,ffffffff83e49088,4#25");
    }

    @Test
    void aWatchpointIsSetAndClearedAndNothingIsAcknowledged() {
        RspClient client = reading("+" + packet("OK") + "+" + packet("OK"));
        client.watch(true, 0xffffffff83e49088L, 4, SOON);
        client.watch(false, 0x8000024L, 8, SOON);
        client.go();
        assertThat(sent.toString(StandardCharsets.ISO_8859_1))
                .isEqualTo(packet("Z2,ffffffff83e49088,4") + packet("z2,8000024,8") + "$c#63");
    }

    @Test
    void aStopNamesTheCpuAndTheWatchpoint() {
        after("+" + packet("T05thread:02;watch:ffffffff83e49088;") + packet("T02thread:p01.10;"));
        assertThat(stops)
                .containsExactly(
                        new RspClient.Stop(5, OptionalInt.of(1), OptionalLong.of(0xffffffff83e49088L)),
                        new RspClient.Stop(2, OptionalInt.of(15), OptionalLong.empty()));
    }

    @Test
    void aRefusalIsToldInTheStubsWords() {
        assertThatThrownBy(() -> reading(packet("E22")).watch(true, 0x1000, 4, SOON))
                .isInstanceOf(VmException.class)
                .hasMessage("QEMU's debugger stub refused 'Z2,1000,4' with 'E22'");
        assertThatThrownBy(() -> reading(packet("")).watch(true, 0x1000, 4, SOON))
                .hasMessage("QEMU's debugger stub refused 'Z2,1000,4': it has no watchpoints");
    }

    @Test
    void silenceEndsWithTheBoundAndAnEndIsSaid() {
        RspClient silent = client(InputStream.nullInputStream());
        assertThatThrownBy(() -> silent.watch(true, 0, 1, Duration.ofMillis(1)))
                .hasMessageContaining("did not answer within 1 ms");
        RspClient gone = after("");
        assertThat(gone.ended()).hasMessageContaining("closed its debugger stub");
        assertThatThrownBy(gone::go).hasMessageContaining("'c' was not sent").hasMessageContaining("closed");
    }

    @Test
    void repeatedAndEscapedBytesAreReadAsMeant() {
        // "0* " is four zeros: the one, and 32 - 29 more.
        String stop = "T05thread:01;watch:1" + "0* " + ";";
        int sum = stop.chars().sum() & 0xff;
        after(String.format("$%s#%02x", stop, sum) + "$}t05#"
                + String.format("%02x", "}t05".chars().sum() & 0xff));
        assertThat(stops)
                .extracting(RspClient.Stop::watched)
                .containsExactly(OptionalLong.of(0x10000), OptionalLong.empty());
    }

    @Test
    void garbageIsNamedNotSwallowed() {
        for (String garbage : List.of(
                "hello",
                "-",
                "$OK#00",
                "$T",
                "$*!#4b",
                packet("T"),
                packet("Tzz"),
                packet("T05thread:zz;"),
                packet("T05watch:10000000000000000000;"),
                "$" + "a".repeat(RspClient.MAX_PACKET + 1))) {
            assertThat(after(garbage).ended())
                    .as(garbage)
                    .hasMessageContaining("debugger stub")
                    .message()
                    .doesNotContain("closed its debugger stub");
        }
    }
}
