package dev.ktstr.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ElfClosureTest {
    @TempDir
    Path temp;

    private Path dir;

    @BeforeEach
    void resolveLinks() throws IOException {
        dir = temp.toRealPath();
    }

    private Path file(String name, byte[] content) throws IOException {
        Path file = dir.resolve(name);
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static List<String> guestPaths(List<ElfClosure.Entry> entries) {
        return entries.stream().map(ElfClosure.Entry::guestPath).toList();
    }

    @Test
    void aStaticProgramNeedsItselfAlone() throws IOException {
        Path program = file("prog", new ElfBytes().bytes());
        assertThat(ElfClosure.of(program, List.of()))
                .containsExactly(new ElfClosure.Entry(program.toString(), program));
    }

    @Test
    void librariesOfLibrariesAreFoundThroughOriginAndStayInPlace() throws IOException {
        Path program = file(
                "bin/prog",
                new ElfBytes().needed("liba.so").runpath("$ORIGIN/../lib").bytes());
        Path a = file(
                "lib/liba.so",
                new ElfBytes().needed("libb.so").runpath("${ORIGIN}").bytes());
        Path b = file(
                "lib/libb.so",
                new ElfBytes().needed("liba.so").runpath("$ORIGIN").bytes());
        assertThat(guestPaths(ElfClosure.of(program, List.of())))
                .containsExactly(program.toString(), a.toString(), b.toString());
    }

    @Test
    void rpathHoldsForWhatALibraryLoadsButRunpathDoesNot() throws IOException {
        file("lib/liba.so", new ElfBytes().needed("libb.so").bytes());
        Path b = file("lib/libb.so", new ElfBytes().bytes());
        Path rpath =
                file("r", new ElfBytes().needed("liba.so").rpath("$ORIGIN/lib").bytes());
        Path runpath = file(
                "n", new ElfBytes().needed("liba.so").runpath("$ORIGIN/lib").bytes());
        assertThat(guestPaths(ElfClosure.of(rpath, List.of()))).contains(b.toString());
        assertThatThrownBy(() -> ElfClosure.of(runpath, List.of())).hasMessageContaining("libb.so");
    }

    @Test
    void aLibraryOfTheCallersFoldersIsPutWhereTheGuestLooks() throws IOException {
        Path program = file("prog", new ElfBytes().needed("libmine.so.1").bytes());
        Path mine = file("odd/libmine.so.1", new ElfBytes().bytes());
        assertThat(ElfClosure.of(program, List.of(dir.resolve("odd"))))
                .contains(new ElfClosure.Entry("/lib/libmine.so.1", mine));
    }

    @Test
    void aLibraryForAnotherMachineIsPassedOver() throws IOException {
        Path program = file("prog", new ElfBytes().needed("liba.so").bytes());
        file("arm/liba.so", new ElfBytes().machine(183).bytes());
        Path right = file("x86/liba.so", new ElfBytes().bytes());
        assertThat(ElfClosure.of(program, List.of(dir.resolve("arm"), dir.resolve("x86"))))
                .extracting(ElfClosure.Entry::hostPath)
                .containsExactly(program, right);
        assertThatThrownBy(() -> ElfClosure.of(program, List.of(dir.resolve("arm"))))
                .hasMessageContaining("(for aarch64)");
    }

    @Test
    void aMissingLibraryIsNamedWithItsUserAndTheFoldersSearched() throws IOException {
        Path program = file("prog", new ElfBytes().needed("liba.so").bytes());
        file("lib/liba.so", new ElfBytes().needed("libnowhere.so.9").bytes());
        assertThatThrownBy(() -> ElfClosure.of(program, List.of(dir.resolve("lib"))))
                .isInstanceOf(ElfException.class)
                .hasMessageContaining("the library libnowhere.so.9, needed by " + dir.resolve("lib/liba.so"))
                .hasMessageContaining(dir.resolve("lib") + ", ");
    }

    @Test
    void whatIsNoProgramForTheGuestIsSaidPlainly() throws IOException {
        Path script = file("script", "#!/usr/bin/python3 -u\nprint()".getBytes(StandardCharsets.UTF_8));
        Path text = file("text", "hello".getBytes(StandardCharsets.UTF_8));
        Path arm = file("arm", new ElfBytes().machine(183).bytes());
        Path plain = Files.write(dir.resolve("plain"), new ElfBytes().bytes());
        Path empty = file("empty", new byte[0]);
        assertThatThrownBy(() -> ElfClosure.of(dir.resolve("none"), List.of())).hasMessageContaining("no such file");
        assertThatThrownBy(() -> ElfClosure.of(dir, List.of())).hasMessageContaining("it is not a file");
        assertThatThrownBy(() -> ElfClosure.of(script, List.of()))
                .hasMessageContaining("a script for '/usr/bin/python3 -u'");
        assertThatThrownBy(() -> ElfClosure.of(text, List.of())).hasMessageContaining("not an ELF program");
        assertThatThrownBy(() -> ElfClosure.of(arm, List.of()))
                .hasMessageContaining("it is for aarch64, the guest is x86_64");
        assertThatThrownBy(() -> ElfClosure.of(plain, List.of())).hasMessageContaining("not executable");
        assertThatThrownBy(() -> ElfClosure.of(empty, List.of())).hasMessageContaining("it is empty");
    }

    @Test
    void aFileThatIsCutShortIsSaidToBeDamagedAndWhere() throws IOException {
        byte[] good = new ElfBytes().needed("libc.so.6").bytes();
        Path headers = file("headers", java.util.Arrays.copyOf(good, 100));
        Path dynamic = file("dynamic", java.util.Arrays.copyOf(good, 260));
        assertThatThrownBy(() -> ElfClosure.of(headers, List.of()))
                .hasMessageContaining(
                        "damaged ELF file: the program headers should be 112 bytes at 64, but the file has 100");
        assertThatThrownBy(() -> ElfClosure.of(dynamic, List.of()))
                .hasMessageContaining("the dynamic section should be");
    }

    @Test
    void aMissingInterpreterIsAnError() throws IOException {
        Path program =
                file("prog", new ElfBytes().interpreter("/lib/ld-none.so.1").bytes());
        assertThatThrownBy(() -> ElfClosure.of(program, List.of()))
                .hasMessageContaining("interpreter /lib/ld-none.so.1");
    }

    @Test
    void aProgramOfThisHostComesWithItsInterpreterAndLibc() {
        assertThat(guestPaths(ElfClosure.of(Path.of("/bin/sh"), List.of())))
                .startsWith("/bin/sh", "/lib64/ld-linux-x86-64.so.2")
                .anyMatch(path -> path.endsWith("/libc.so.6"));
    }

    @Test
    void randomDamageNeverEscapesAsAnythingButElfException() throws IOException {
        Random random = new Random(5);
        byte[] good = new ElfBytes()
                .needed("libc.so.6")
                .runpath("$ORIGIN")
                .interpreter("/lib64/ld-linux-x86-64.so.2")
                .bytes();
        for (int i = 0; i < 50_000; i++) {
            byte[] bad =
                    java.util.Arrays.copyOf(good, random.nextInt(8) == 0 ? random.nextInt(good.length) : good.length);
            for (int n = 1 + random.nextInt(3); n > 0 && bad.length > 0; n--) {
                bad[random.nextInt(Math.min(bad.length, 400))] = (byte) random.nextInt();
            }
            try {
                ElfFile.parse(ElfFile.Content.of(bad));
            } catch (ElfException expected) {
                assertThat(expected).hasMessageStartingWith("it is ");
            }
        }
    }
}
