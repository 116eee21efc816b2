package dev.ktstr.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KernelSpecTest {
    @ParameterizedTest
    @CsvSource({
        "./linux,                       PathSpec",
        "../linux,                      PathSpec",
        "/boot/vmlinuz-6.14.2,          PathSpec",
        "~/src/linux,                   PathSpec",
        "6.14/bzImage,                  PathSpec",
        "6.14.2,                        Version",
        "6.15-rc3,                      Version",
        "7.2.13+deb14-cloud-amd64,      Version",
        "6.14.2-custom,                 Version",
        "6.14,                          VersionPrefix",
        "debian-7.2.13+deb14-cloud-amd64, CacheKey",
        "linux,                         CacheKey",
    })
    void theLooksOfATextDecideWhatItNames(String text, String kind) {
        KernelSpec spec = KernelSpec.parse(text);

        assertThat(spec.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(spec.text()).isEqualTo(text);
        assertThat(KernelSpec.parse(spec.text())).isEqualTo(spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "  ", "6", "6.", "6.14 ", "v6.14:x", "-rc1", "a b", "6.x", "6.14..=6.15", "a\tb", "a\0/b"})
    void aTextThatNamesNothingIsRefusedWithTheGrammar(String text) {
        assertThatThrownBy(() -> KernelSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(KernelSpec.GRAMMAR);
    }

    @Test
    void aVersionMatchesItsReleaseAndItsLabelOnly() {
        var version = new KernelSpec.Version("6.14.2");

        assertThat(version.matches("6.14.2")).isTrue();
        assertThat(version.matches("6.14.2-cloud")).isTrue();
        assertThat(version.matches("6.14.20")).isFalse();
        assertThat(new KernelSpec.Version("6.14.2-cloud").matches("6.14.2-cloud"))
                .isTrue();
        assertThat(new KernelSpec.Version("6.14.2-cloud").matches("6.14.2-other"))
                .isFalse();
    }

    @Test
    void aPrefixMatchesItsSeriesAndNotALongerNumber() {
        var series = new KernelSpec.VersionPrefix("6.1");

        assertThat(series.matches("6.1.9-cloud")).isTrue();
        assertThat(series.matches("6.1-rc2")).isTrue();
        assertThat(series.matches("6.1")).isTrue();
        assertThat(series.matches("6.14.2")).isFalse();
    }

    @Test
    void theLabelIsTheLeadingVersion() {
        assertThat(KernelSpec.label("7.2.13+deb14-cloud-amd64")).isEqualTo("7.2.13");
        assertThat(KernelSpec.label("6.15.0-rc3-dirty")).isEqualTo("6.15.0-rc3");
        assertThat(KernelSpec.label("6.15-rc3")).isEqualTo("6.15-rc3");
        assertThat(KernelSpec.label("next")).isEqualTo("next");
    }
}
