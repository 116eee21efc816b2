package dev.ktstr.vm.qemu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.vm.internal.linux.Flock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFolderTest {
    @TempDir
    Path temp;

    private Path folder(String name, Duration age, String... files) throws IOException {
        Path folder = Files.createDirectory(temp.resolve(name));
        for (String file : files) {
            Files.createFile(folder.resolve(file));
        }
        Files.setLastModifiedTime(folder, FileTime.from(Instant.now().minus(age)));
        return folder;
    }

    @Test
    void whatKilledProcessesLeftIsRemovedAndNothingElse() throws IOException {
        Duration old = Duration.ofHours(1);
        Path dead = folder("ktstr-vm1", old, "qmp", "bell", "owner");
        Path alive = folder("ktstr-vm2", old, "qmp", "com2", "bell", "owner");
        Path fresh = folder("ktstr-vm3", Duration.ZERO, "owner");
        Path without = folder("ktstr-vm4", old, "qmp");
        Path another = folder("other", old, "owner");
        try (Flock living = Flock.tryLock(alive.resolve("owner")).orElseThrow()) {
            assertThat(living).isNotNull();
            SocketFolder.collect(temp);
        }
        assertThat(dead).doesNotExist();
        assertThat(alive.resolve("com2")).exists();
        assertThat(fresh).exists();
        assertThat(without.resolve("qmp")).exists();
        assertThat(another.resolve("owner")).exists();
    }
}
