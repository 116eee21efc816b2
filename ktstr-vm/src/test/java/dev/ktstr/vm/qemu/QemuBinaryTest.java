package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QemuBinaryTest {
    @TempDir
    Path folder;

    private Path fake(String script) throws IOException {
        Path file = Files.writeString(folder.resolve(QemuBinary.NAME), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aVersionThatIsNewEnoughIsTakenFromThePath() throws IOException {
        Path fake = fake("echo 'QEMU emulator version 8.2.1 (Some build)'");
        QemuBinary found = QemuBinary.find(null, "/nonexistent:" + folder);
        assertThat(found).isEqualTo(new QemuBinary(fake, "8.2.1"));
    }

    @Test
    void anOldVersionIsRefusedNamingFoundWantedAndCure() throws IOException {
        Path fake = fake("echo 'QEMU emulator version 7.2.19 (Debian 1:7.2)'");
        assertThatThrownBy(() -> QemuBinary.find(fake.toString(), null))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("is version 7.2.19, wanted 8.2 or newer")
                .hasMessageContaining("backports");
    }

    @Test
    void noQemuAnywhereIsRefusedWithTheCure() {
        assertThatThrownBy(() -> QemuBinary.find(null, folder.toString()))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("no qemu-system-x86_64 on the PATH")
                .hasMessageContaining("install");
        assertThat(new QemuBackend(null, folder.toString()).availability().usable())
                .isFalse();
    }

    @Test
    void aNamedFileThatIsMissingOrNoProgramIsRefused() throws IOException {
        assertThatThrownBy(() -> QemuBinary.find(folder.resolve("gone").toString(), null))
                .hasMessageContaining("does not exist");
        Path text = Files.writeString(folder.resolve("text"), "hello");
        assertThatThrownBy(() -> QemuBinary.find(text.toString(), null)).hasMessageContaining("cannot be executed");
    }

    @Test
    void aProgramThatIsNotQemuIsRefusedWithWhatItSaid() throws IOException {
        Path fake = fake("echo no idea; exit 3");
        assertThatThrownBy(() -> QemuBinary.find(fake.toString(), null))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("said 'no idea'");
    }
}
