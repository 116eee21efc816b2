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
        "6.14.2-tarball-x86_64-kc0123abcd, CacheKey",
        "local-0123abc-x86_64-kc0123abcd, CacheKey",
        "6.12..6.14,                    Range",
        "6.15..=7.0,                    Range",
        "6.12.4..6.13-rc2,              Range",
        "git+https://example.org/linux.git#tag=v6.14, Git",
        "git+file:///srv/linux#branch=for-next/x, Git",
        "git+../linux#sha=0123456789abcdef0123456789abcdef01234567, Git",
        "distro,                        Distribution",
        "debian:sid,                    Distribution",
        "debian:trixie-backports,       Distribution",
        "kernel.deb,                    PackageFile",
        "./pkg/kernel-core.rpm,         PackageFile",
        "https://example.org/kernel.rpm, PackageFile",
        "host,                          Host",
    })
    void theLooksOfATextDecideWhatItNames(String text, String kind) {
        KernelSpec spec = KernelSpec.parse(text);

        assertThat(spec.getClass().getSimpleName()).isEqualTo(kind);
        assertThat(spec.text()).isEqualTo(text);
        assertThat(KernelSpec.parse(spec.text())).isEqualTo(spec);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "6",
                "6.",
                "6.14 ",
                "v6.14:x",
                "-rc1",
                "a b",
                "6.x",
                "a\tb",
                "a\0/b",
                "6.14,6.15",
                "6.14..",
                "..6.14",
                "6.14...6.15",
                "6.14..==6.15",
                "6.14..7",
                "6.15..6.14",
                "debian:",
                "debian:Sid",
                "git+",
                "git+https://x/y",
                "git+https://x/y#",
                "git+https://x/y#tag=",
                "git+https://x/y#tag=-x",
                "git+https://x/y#tag=a..b",
                "git+https://x/y#sha=0123abc",
                "git+https://x/y#v6.14",
                "git+ext::sh -c id#tag=v1",
                "git+-upload-pack=x/y#tag=v1",
                "git+ftp://x/y#tag=v1",
                "https://example.org/linux.git"
            })
    void aTextThatNamesNothingIsRefusedWithTheGrammar(String text) {
        assertThatThrownBy(() -> KernelSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(KernelSpec.GRAMMAR);
    }

    @Test
    void aVersionMatchesItsReleaseAndItsLabelOnly() {
        var version = new KernelSpec.Version("6.14.2");

        assertThat(version.accepts("6.14.2")).isTrue();
        assertThat(version.accepts("6.14.2-cloud")).isTrue();
        assertThat(version.accepts("6.14.20")).isFalse();
        assertThat(new KernelSpec.Version("6.14.2-cloud").accepts("6.14.2-cloud"))
                .isTrue();
        assertThat(new KernelSpec.Version("6.14.2-cloud").accepts("6.14.2-other"))
                .isFalse();
    }

    @Test
    void aPrefixMatchesItsSeriesAndNotALongerNumber() {
        var series = new KernelSpec.VersionPrefix("6.1");

        assertThat(series.accepts("6.1.9-cloud")).isTrue();
        assertThat(series.accepts("6.1-rc2")).isTrue();
        assertThat(series.accepts("6.1")).isTrue();
        assertThat(series.accepts("6.14.2")).isFalse();
    }

    @Test
    void theLabelIsTheLeadingVersion() {
        assertThat(KernelSpec.label("7.2.13+deb14-cloud-amd64")).isEqualTo("7.2.13");
        assertThat(KernelSpec.label("6.15.0-rc3-dirty")).isEqualTo("6.15.0-rc3");
        assertThat(KernelSpec.label("6.15-rc3")).isEqualTo("6.15-rc3");
        assertThat(KernelSpec.label("next")).isEqualTo("next");
    }

    @ParameterizedTest
    @CsvSource({
        "v6.14.2,          6.14.2",
        "linux-6.14,       6.14",
        "6.14.x,           6.14",
        "6.12-6.14,        6.12..6.14",
        "6.12...6.14,      6.12..6.14",
        "'6.12 .. 6.14',   6.12..6.14",
        "6.15..6.14,       6.14..6.15",
        ">=6.12,           6.12..99.0",
        "6.12..,           6.12..99.0",
        "debian,           debian:sid",
        "distribution,     distro",
        "https://x/linux.git, git+https://x/linux.git#branch=master",
        "git+https://x/y,  git+https://x/y#branch=master",
        "git+https://x/y#v6.14, git+https://x/y#tag=v6.14",
        "git+https://x/y#next, git+https://x/y#branch=next",
        "git+git@x:y/z.git#tag=v1, git+ssh://git@x/y/z.git",
    })
    void theErrorHasTheNearestValidForm(String text, String nearest) {
        assertThatThrownBy(() -> KernelSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Did you mean '" + nearest + "'?")
                .hasMessageEndingWith(KernelSpec.GRAMMAR);
    }

    @Test
    void aGitSpecTellsUrlAndRef() {
        var git = (KernelSpec.Git) KernelSpec.parse("git+https://example.org/a.git#branch=for-next/x");

        assertThat(git.url()).isEqualTo("https://example.org/a.git");
        assertThat(git.kind()).isEqualTo(KernelSpec.Git.RefKind.BRANCH);
        assertThat(git.ref()).isEqualTo("for-next/x");
    }

    @ParameterizedTest
    @CsvSource({
        "6.12..6.14,   6.12.0,       true",
        "6.12..6.14,   6.14.9-cloud, true",
        "6.12..=6.14,  6.14.9-cloud, true",
        "6.12..6.14,   6.14.0-rc1,   true",
        "6.12..6.14,   6.12.0-rc1,   true",
        "6.12..6.14,   6.15.0-rc1,   false",
        "6.12..6.14,   6.11.11,      false",
        "6.12..6.14.2, 6.14.3,       false",
        "6.12.5..6.14, 6.12.4,       false",
        "6.12.5..6.14, 6.13.1,       true",
        "6.15..=7.0,   7.0.3,        true",
        "6.15..=7.0,   next,         false",
        "6.15-rc3,     6.15.0-rc3,   true",
        "6.15-rc3,     6.15.0,       false",
        "6.14.0,       6.14.0-x,     true",
        "host,         6.14.0,       false",
        "./linux,      6.14.0,       false",
    })
    void versionsPrefixesAndRangesJudgeARelease(String spec, String release, boolean accepted) {
        assertThat(KernelSpec.parse(spec).accepts(release)).isEqualTo(accepted);
    }

    @Test
    void aListKeepsItsOrderAndDropsWhatIsThereTwice() {
        assertThat(KernelSpec.parseList("7.2, 6.12..6.14 ,./linux,7.2"))
                .extracting(KernelSpec::text)
                .containsExactly("7.2", "6.12..6.14", "./linux");
        assertThatThrownBy(() -> KernelSpec.parseList("7.2,,6.12")).hasMessageContaining("nothing at place 2");
        assertThatThrownBy(() -> KernelSpec.parseList("7.2,v6.12")).hasMessageContaining("Did you mean '6.12'?");
        assertThatThrownBy(() -> KernelSpec.parseList(" ")).hasMessageContaining("must not be empty");
    }

    @Test
    void versionsAreOrderedByAgeAndWrittenAsKernelOrgDoes() {
        assertThat(java.util.stream.Stream.of("6.14.2", "6.14", "6.14.0-rc3", "6.9.12", "7.0-rc1-x")
                        .map(t -> KernelVersion.leading(t).orElseThrow())
                        .sorted()
                        .map(KernelVersion::toString))
                .containsExactly("6.9.12", "6.14-rc3", "6.14", "6.14.2", "7.0-rc1");
        assertThat(KernelVersion.leading("next")).isEmpty();
        assertThat(KernelVersion.leading("6.123456")).isEmpty();
    }

    @Test
    void aLabelIsGoodForNamesOfTests() {
        assertThat(KernelLabel.of("6.14.2")).isEqualTo("kernel_6_14_2");
        assertThat(KernelLabel.of("7.2.13+deb14-Cloud")).isEqualTo("kernel_7_2_13_deb14_cloud");
        assertThat(KernelLabel.of("++")).isEqualTo("kernel_unnamed");
    }
}
