package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProbeTest {
    @ParameterizedTest
    @CsvSource({
        "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2), 10.0.2",
        "setpriv from util-linux 2.38.1,                      2.38.1",
        "javac 21,                                            21",
        "0.192,                                               0.192",
        "no number at all,                                    ",
    })
    void theVersionIsTheFirstDottedNumber(String output, String version) {
        assertThat(Probe.version(output)).isEqualTo(version);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0, 8.2, true",
        "8.2, 8.2, true",
        "8.2.1, 8.2, true",
        "8, 8.0, true",
        "8.10, 8.2, true",
        "7.2.9, 8.2, false",
        "8.1.99, 8.2, false",
        "17, 17, true",
        "99999999999999999999, 1, true"
    })
    void versionsCompareNumberByNumber(String version, String minimum, boolean enough) {
        assertThat(Probe.atLeast(version, minimum)).isEqualTo(enough);
    }

    @Test
    void aCommandThatSucceedsWorksWhereverItPrintsItsVersion() throws InterruptedException {
        assertThat(Probe.run(List.of("sh", "-c", "echo v 1.2.3"))).isEqualTo(new Probe(true, "1.2.3"));
        assertThat(Probe.run(List.of("sh", "-c", "echo v 4.5 >&2"))).isEqualTo(new Probe(true, "4.5"));
        assertThat(Probe.run(List.of("true"))).isEqualTo(new Probe(true, null));
    }

    @Test
    void aCommandThatFailsOrIsNotThereDoesNotWork() throws InterruptedException {
        assertThat(Probe.run(List.of("sh", "-c", "echo 1.2; exit 1"))).isEqualTo(new Probe(false, null));
        assertThat(Probe.run(List.of("ktstr-no-such-program"))).isEqualTo(new Probe(false, null));
    }
}
