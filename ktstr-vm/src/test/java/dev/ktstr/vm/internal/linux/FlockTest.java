package dev.ktstr.vm.internal.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.VmException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlockTest {
    @TempDir
    Path folder;

    @Test
    void oneHoldsItAndTheFileStays() {
        Path file = folder.resolve("lock");
        try (Flock held = Flock.tryLock(file).orElseThrow()) {
            assertThat(held).isNotNull();
            assertThat(Flock.tryLock(file)).isEmpty();
        }
        assertThat(file).exists();
        Flock.tryLock(file).orElseThrow().close();
    }

    @Test
    void aHolderThatRemovesTheFileMeanwhileDisturbsNobody() throws Exception {
        Path file = folder.resolve("lock");
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Void> remover = CompletableFuture.runAsync(() -> {
            while (!stop.get()) {
                try {
                    Files.deleteIfExists(file);
                } catch (java.io.IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }
        });
        try {
            for (int i = 0; i < 5_000; i++) {
                Flock.tryLock(file).ifPresent(Flock::close);
            }
        } finally {
            stop.set(true);
        }
        remover.get(10, TimeUnit.SECONDS);
    }

    @Test
    void aFolderThatIsNotThereIsNamed() {
        Path file = folder.resolve("none/lock");
        assertThatThrownBy(() -> Optional.of(Flock.tryLock(file)))
                .isInstanceOf(VmException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("errno 2");
    }
}
