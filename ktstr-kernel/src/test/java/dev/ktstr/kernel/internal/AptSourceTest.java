package dev.ktstr.kernel.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AptSourceTest {
    @TempDir
    Path etc;

    @Test
    void theMirrorIsFoundInDeb822PastSecurityAndThirdParties() throws IOException {
        write("sources.list.d/a-other.list", "deb https://packages.example/apt stable main\n");
        write("sources.list.d/debian.sources", """
                Types: deb
                URIs: http://deb.example/debian-security
                Suites: bookworm-security
                Signed-By: /keys/security.gpg

                # a remark
                Types: deb deb-src
                # within a paragraph
                URIs: http://mirror.example/debian
                Suites: bookworm bookworm-updates
                Components: main
                Signed-By: /keys/debian.gpg
                """);

        AptSource source = AptSource.ofSystem(etc);

        assertThat(source).isEqualTo(new AptSource("http://mirror.example/debian", "/keys/debian.gpg", false));
        assertThat(source.toDeb822("unstable", "amd64")).isEqualTo("""
                Types: deb
                URIs: http://mirror.example/debian
                Suites: unstable
                Components: main
                Architectures: amd64
                Signed-By: /keys/debian.gpg
                """);
    }

    @Test
    void theMirrorIsFoundInOneLineFormatWithItsOptions() throws IOException {
        write("sources.list", """
                # deb http://commented.example/debian bookworm main
                deb-src http://source.example/debian bookworm main
                deb http://security.example/debian-security bookworm-security main
                deb [arch=amd64 signed-by=/a.gpg,/b.gpg] http://mirror.example/pub/debian/ bookworm main contrib
                """);

        assertThat(AptSource.ofSystem(etc))
                .isEqualTo(new AptSource("http://mirror.example/pub/debian/", "/a.gpg /b.gpg", false));
    }

    @Test
    void aSourceWithoutAKeyStaysWithoutOne() throws IOException {
        write("sources.list", "deb http://mirror.example/debian bookworm main\n");

        assertThat(AptSource.ofSystem(etc).toDeb822("unstable", "amd64")).doesNotContain("Signed-By");
    }

    @Test
    void aMirrorThatTheSystemTrustsWithoutASignatureIsTrustedHereToo() throws IOException {
        write("sources.list", "deb [arch=amd64 trusted=yes] file:/srv/debian bookworm main\n");
        assertThat(AptSource.ofSystem(etc).toDeb822("unstable", "amd64")).contains("\nTrusted: yes\n");

        write("sources.list", "");
        write("sources.list.d/a.sources", "Types: deb\nTrusted: yes\nURIs: http://m.example/debian\nSuites: x\n");
        assertThat(AptSource.ofSystem(etc).trusted()).isTrue();

        write("sources.list.d/a.sources", "Types: deb\nTrusted: no\nURIs: http://m.example/debian\nSuites: x\n");
        assertThat(AptSource.ofSystem(etc).toDeb822("unstable", "amd64")).doesNotContain("Trusted");
    }

    @Test
    void aKeyWrittenIntoTheSourceIsKeptWhole() throws IOException {
        String key =
                "Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY\n -----END PGP PUBLIC KEY BLOCK-----\n";
        write("sources.list.d/debian.sources", "Types: deb\nURIs: http://m.example/debian\nSuites: x\n" + key);

        assertThat(AptSource.ofSystem(etc).toDeb822("unstable", "amd64"))
                .contains("\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mDMEY\n -----END PGP PUBLIC KEY BLOCK-----\n");
    }

    @Test
    void disabledSourcesAndSourceOnlyOnesDoNotCount() throws IOException {
        write("sources.list.d/a.sources", "Types: deb\nEnabled: no\nURIs: http://off.example/debian\nSuites: x\n");
        write("sources.list.d/b.sources", "Types: deb-src\nURIs: http://src.example/debian\nSuites: x\n");
        write("sources.list.d/c.list.save", "deb http://saved.example/debian x main\n");

        assertThatThrownBy(() -> AptSource.ofSystem(etc))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("no Debian mirror is configured")
                .hasMessageContaining("a.sources")
                .hasMessageContaining("-Dktstr.kernel=");
    }

    private void write(String name, String text) throws IOException {
        Path file = etc.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
