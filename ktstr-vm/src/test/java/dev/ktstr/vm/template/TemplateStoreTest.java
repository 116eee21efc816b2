package dev.ktstr.vm.template;

import static dev.ktstr.vm.template.Guests.PAGE;
import static dev.ktstr.vm.template.Guests.content;
import static dev.ktstr.vm.template.Guests.key;
import static dev.ktstr.vm.template.Guests.noise;
import static dev.ktstr.vm.template.Guests.ram;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.vm.internal.linux.Flock;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateStoreTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path temp;

    private Path folder;
    private TemplateStore store;

    @BeforeEach
    void open() {
        folder = temp.resolve("templates");
        store = new TemplateStore("disk", folder, temp.resolve("locks"), MIB);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    private Path fileOf(TemplateKey key) {
        return folder.resolve(key.name() + ".template");
    }

    @Test
    void whatIsSavedIsReadBack() throws IOException {
        assertThat(store.find(key("a"))).isEmpty();
        store.save(key("a"), content(1, 3));
        try (Template found = store.find(key("a")).orElseThrow()) {
            assertThat(found.key()).isEqualTo(key("a"));
            assertThat(found.console()).asString().isEqualTo("booted\n");
            assertThat(found.devices()).isEqualTo(noise(1, 1000));
            assertThat(found.ramBytes()).isEqualTo(3 * PAGE);
            assertThat(ram(found))
                    .containsEntry(0L, Arrays.hashCode(noise(2, PAGE)))
                    .containsEntry(2L * PAGE, Arrays.hashCode(noise(3, PAGE)))
                    .containsEntry(4L * PAGE, Arrays.hashCode(noise(4, PAGE)))
                    .hasSize(3);
            assertThat(found.createdAt()).isBetween(Instant.now().minusSeconds(60), Instant.now());
        }
        assertThat(files()).containsExactly(key("a").name() + ".template");
    }

    @Test
    void toAskWhetherATemplateIsThereDoesNotCountAsUse() throws IOException {
        assertThat(store.isThere(key("a"))).isFalse();
        store.save(key("a"), content(1, 1));
        Files.setLastModifiedTime(fileOf(key("a")), FileTime.from(Instant.EPOCH));
        assertThat(store.isThere(key("a"))).isTrue();
        assertThat(store.isThere(key("b"))).isFalse();
        assertThat(store.entries())
                .singleElement()
                .extracting(TemplateStore.Entry::usedAt)
                .isEqualTo(Instant.EPOCH);
    }

    @Test
    void anotherKeyFindsNothing() throws IOException {
        store.save(key("a"), content(1, 1));
        assertThat(store.find(key("b"))).isEmpty();
        assertThat(store.find(TemplateKey.of(java.util.Map.of("kernel", "a", "qemu", "10.0.3"))))
                .isEmpty();
    }

    @Test
    void aTemplateUnderANameThatIsNotItsOwnIsNotUsedAndRemoved() throws IOException {
        store.save(key("a"), content(1, 1));
        Files.move(fileOf(key("a")), fileOf(key("b")));
        assertThat(store.find(key("b"))).isEmpty();
        assertThat(files()).isEmpty();
    }

    @Test
    void oneWrongByteAnywhereIsNoticedBeforeItIsUsed() throws IOException {
        store.save(key("a"), content(1, 2));
        byte[] good = Files.readAllBytes(fileOf(key("a")));
        int dataEnd = PAGE + 1007 + (PAGE - 1007 % PAGE) + 2 * PAGE;
        for (int at = 0; at < good.length; at += at < 64 || at > dataEnd ? 1 : 97) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(fileOf(key("a")), bad);
            boolean padding = (at >= TemplateWriter.HEAD && at < PAGE) || (at >= PAGE + 1007 && at < 2 * PAGE);
            assertThat(readable()).as("byte %d changed", at).isEqualTo(padding);
        }
    }

    /** Whether the template opens and all of it can be read. */
    private boolean readable() throws IOException {
        try (Template template = Template.open(fileOf(key("a")))) {
            template.console();
            template.devices();
            ram(template);
            return true;
        } catch (IOException e) {
            assertThat(e).hasMessageContaining(".template");
            return false;
        }
    }

    @Test
    void aTemplateCutOffAtAnyLengthIsNotUsedAndRemoved() throws IOException {
        store.save(key("a"), content(1, 2));
        byte[] good = Files.readAllBytes(fileOf(key("a")));
        for (int length :
                new int[] {0, 1, TemplateWriter.HEAD - 1, TemplateWriter.HEAD, PAGE, good.length / 2, good.length - 1
                }) {
            Files.write(fileOf(key("a")), Arrays.copyOf(good, length));
            assertThat(store.find(key("a"))).as("cut to %d", length).isEmpty();
            assertThat(files()).isEmpty();
        }
    }

    @Test
    void aTemplateOfAnotherFormIsNotUsed() throws IOException {
        store.save(key("a"), content(1, 1));
        try (RandomAccessFile file = new RandomAccessFile(fileOf(key("a")).toFile(), "rw")) {
            byte[] head = new byte[TemplateWriter.HEAD];
            file.readFully(head);
            java.nio.ByteBuffer changed = java.nio.ByteBuffer.wrap(head).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            changed.putInt(8, TemplateWriter.FORM + 1);
            changed.putInt(
                    TemplateWriter.HEAD - 4,
                    TemplateWriter.crc(changed.duplicate().limit(TemplateWriter.HEAD - 4)));
            file.seek(0);
            file.write(head);
        }
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> Template.open(fileOf(key("a"))))
                .withMessageContaining("form 2, and this version reads form 1");
        assertThat(store.find(key("a"))).isEmpty();
    }

    @Test
    void aTemplateThatIsRemovedWhileInUseCanStillBeRead() throws IOException {
        store.save(key("a"), content(1, 50));
        try (Template found = store.find(key("a")).orElseThrow()) {
            store.clear();
            assertThat(files()).isEmpty();
            assertThat(ram(found)).hasSize(50);
        }
    }

    @Test
    void aTemplateThatIsCutOffWhileInUseIsAnErrorAndNoFault() throws IOException {
        store.save(key("a"), content(1, 50));
        try (Template found = store.find(key("a")).orElseThrow();
                RandomAccessFile file = new RandomAccessFile(fileOf(key("a")).toFile(), "rw")) {
            file.setLength(20 * PAGE);
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> ram(found))
                    .withMessageContaining("cut off");
        }
    }

    @Test
    void theOneUsedLongestAgoMakesRoom() throws IOException {
        store.save(key("a"), content(1, 100));
        store.save(key("b"), content(2, 100));
        Files.setLastModifiedTime(fileOf(key("b")), FileTime.from(Instant.now().minus(Duration.ofHours(1))));
        Files.setLastModifiedTime(fileOf(key("a")), FileTime.from(Instant.now().minus(Duration.ofHours(2))));
        store.find(key("a")).orElseThrow().close();
        store.save(key("c"), content(3, 100));
        assertThat(files()).containsExactlyInAnyOrder(key("a").name() + ".template", key("c").name() + ".template");
    }

    @Test
    void aGuestLargerThanTheBudgetIsRefusedAndNothingIsLeft() throws IOException {
        store.save(key("small"), content(1, 10));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.save(key("large"), content(2, 300)))
                .withMessageContaining("larger than 1 MiB");
        assertThat(files()).containsExactly(key("small").name() + ".template");
    }

    @Test
    void aSaveThatBreaksOffLeavesTheOldTemplateAndNothingElse() throws IOException {
        store.save(key("a"), content(1, 2));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> store.save(key("a"), writer -> {
                    content(2, 2).writeTo(writer);
                    throw new IOException("No space left on device");
                }))
                .withMessage("No space left on device");
        assertThat(files()).hasSize(1);
        try (Template found = store.find(key("a")).orElseThrow()) {
            assertThat(found.devices()).isEqualTo(noise(1, 1000));
        }
    }

    @Test
    void whatKilledProcessesLeftIsRemovedButNotWhatIsBeingWritten() throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path dead = Files.write(folder.resolve(key("dead").name() + ".1.part"), new byte[10]);
        Path own = Files.write(folder.resolve(key("a").name() + ".2.part"), new byte[10]);
        Path alive = Files.write(folder.resolve(key("alive").name() + ".3.part"), new byte[10]);
        Path locks = Files.createDirectories(temp.resolve("locks"));
        try (Flock writing = Flock.tryLock(locks.resolve(key("alive").name() + ".lock"))
                        .orElseThrow();
                Flock ours =
                        Flock.tryLock(locks.resolve(key("a").name() + ".lock")).orElseThrow()) {
            assertThat(writing).isNotEqualTo(ours);
            store.save(key("a"), content(1, 1));
        }
        assertThat(dead).doesNotExist();
        assertThat(own).doesNotExist();
        assertThat(alive).exists();
        assertThat(store.clear()).contains(alive);
        assertThat(files()).isEmpty();
    }

    @Test
    void noHoleIsNeeded() throws IOException {
        // A file system without sparse files stores what the file's length says; RAM is packed, so that is what there
        // is.
        store.save(key("a"), writer -> {
            writer.console(new byte[0]);
            writer.devices(new byte[0]);
            writer.put(0, java.nio.ByteBuffer.wrap(noise(1, PAGE)));
            writer.put(1L << 40, java.nio.ByteBuffer.wrap(noise(2, PAGE)));
        });
        assertThat(Files.size(fileOf(key("a")))).isLessThan(5L * PAGE);
    }
}
