package dev.ktstr.kernel.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.spec.KernelSpec;
import java.io.IOException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelOrgTest {
    private static final String HASH = "0123456789abcdef".repeat(4);

    private Mirror mirror;

    @BeforeEach
    void start() throws IOException {
        mirror = new Mirror();
        index("6", "6.11", "6.11.11", "6.12", "6.12.9", "6.12.10", "6.13", "6.14.1", "6.14.2");
        index("7", "7.0", "7.0.3", "7.1.2");
        releases("""
                {"latest_stable": {"version": "7.1.2"}, "releases": [
                 {"iseol": false, "version": "7.2-rc5", "moniker": "mainline"},
                 {"iseol": false, "version": "7.1.2", "moniker": "stable"},
                 {"iseol": true, "version": "7.0.12", "moniker": "stable"},
                 {"iseol": false, "version": "6.12.10", "moniker": "longterm"},
                 {"iseol": false, "version": "next-20261120", "moniker": "linux-next"}]}
                """);
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    @ParameterizedTest
    @CsvSource({
        "6.12.9,       6.12.9",
        "6.12.0,       6.12",
        "6.12,         6.12.10",
        "6.14,         6.14.2",
        "7.2,          7.2-rc5",
        "7.2-rc3,      7.2-rc3",
        "6.12..6.14,   6.12.10 6.13 6.14.2",
        "6.12..=6.13,  6.12.10 6.13",
        "6.14..7.0,    6.14.2 7.0.3",
        "6.12.9..6.12.9, 6.12.9",
        "7.0..99.0,    7.0.3 7.1.2",
    })
    void aSpecGivesItsTarballs(String spec, String versions) {
        assertThat(resolve(spec).stream().map(t -> t.version().toString()).collect(Collectors.joining(" ")))
                .isEqualTo(versions);
    }

    @Test
    void aTarballHasItsAddressAndHash() {
        KernelOrg.Tarball final_ = resolve("7.0.3").get(0);
        KernelOrg.Tarball candidate = resolve("7.2-rc5").get(0);

        assertThat(final_.uri()).isEqualTo(mirror.uri("pub/v7.x/linux-7.0.3.tar.xz"));
        assertThat(final_.sha256()).hasValue(HASH);
        assertThat(candidate.uri()).isEqualTo(mirror.uri("t/linux-7.2-rc5.tar.gz"));
        assertThat(candidate.sha256()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "6.12.99 | no Linux 6.12.99 | 6.12, 6.12.9, 6.12.10",
                "6.99    | no Linux 6.99    | 6.14.1, 6.14.2",
                "8.1     | no Linux 8.1     | 7.0.3, 7.1.2",
                "6.9..6.10 | no release in the range 6.9..6.10 | 6.11",
            })
    void aVersionThatDoesNotExistGivesTheNearest(String spec, String what, String nearest) {
        assertThatThrownBy(() -> resolve(spec))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining(what)
                .hasMessageContaining("the nearest there are: ")
                .hasMessageContaining(nearest);
    }

    @Test
    void somebodysOwnReleaseIsNotToBeHad() {
        assertThatThrownBy(() -> resolve("6.12.9-custom")).hasMessageContaining("kernel.org has 6.12.9");
    }

    @Test
    void withoutASpecTheNewestSettledSeriesIsTaken() {
        assertThat(kernelOrg().settled().version()).hasToString("6.12.10");
        releases("{\"releases\": [{\"version\": \"7.1.2\", \"moniker\": \"stable\"}]}");
        assertThatThrownBy(() -> kernelOrg().settled()).hasMessageContaining("has 8 point releases");
    }

    @Test
    void releasesTellWhatIsAtItsEnd() {
        assertThat(kernelOrg().releases())
                .extracting(r -> r.version() + " " + r.moniker() + " " + r.endOfLife())
                .containsExactly(
                        "7.2-rc5 mainline false", "7.1.2 stable false", "7.0.12 stable true", "6.12.10 longterm false");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{}", "{\"releases\": 3}", "{\"releases\": [", "<html>"})
    void aListThatIsNoneIsRefused(String text) {
        releases(text);

        assertThatThrownBy(() -> kernelOrg().releases())
                .isInstanceOf(KernelException.class)
                .hasMessageContaining(mirror.uri("releases.json").toString());
    }

    @Test
    void aMirrorWithoutAListIsNamed() {
        mirror.files.clear();

        assertThatThrownBy(() -> kernelOrg().settled()).hasMessageContaining("-Dktstr.kernel.releases=URL");
        assertThatThrownBy(() -> resolve("6.12")).hasMessageContaining("releases.json");
    }

    private List<KernelOrg.Tarball> resolve(String spec) {
        return kernelOrg().resolve(KernelSpec.parse(spec));
    }

    private KernelOrg kernelOrg() {
        return new KernelOrg(mirror.sites(), Mirror.FAST);
    }

    private void releases(String json) {
        mirror.files.put("releases.json", json.getBytes(US_ASCII));
    }

    private void index(String major, String... versions) {
        String text = Stream.of(versions)
                .map(v -> HASH + "  linux-" + v + ".tar.gz\n" + HASH + "  linux-" + v + ".tar.xz\n")
                .collect(
                        Collectors.joining("", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n", "-----BEGIN\n"));
        mirror.files.put("pub/v" + major + ".x/sha256sums.asc", text.getBytes(US_ASCII));
    }
}
