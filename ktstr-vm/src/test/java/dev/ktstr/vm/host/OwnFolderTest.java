package dev.ktstr.vm.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnFolderTest {
    @TempDir
    Path temp;

    @Test
    void aFolderInSharedMemoryIsUsedOnlyWhenItIsOursAlone() throws IOException {
        Path own = Files.createTempDirectory(OwnFolder.SHM, "ktstr-test");
        try {
            Path folder = OwnFolder.in(own).orElseThrow();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder)))
                    .isEqualTo("rwx------");
            assertThat(OwnFolder.in(own)).contains(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
            assertThat(OwnFolder.in(own)).isEmpty();
            Files.delete(folder);
            Files.createSymbolicLink(folder, temp);
            assertThat(OwnFolder.in(own)).isEmpty();
            Files.delete(folder);
        } finally {
            Files.delete(own);
        }
    }
}
