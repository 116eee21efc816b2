package dev.ktstr.vm.template;

import static dev.ktstr.vm.template.Guests.content;
import static dev.ktstr.vm.template.Guests.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.Forking;
import dev.ktstr.vm.NoMachine;
import dev.ktstr.vm.SavedGuest;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplatesTest {
    @TempDir
    Path temp;

    /** A backend that saves a guest of a few pages. */
    private record Fake(int pages) implements Forking {
        @Override
        public Map<String, String> identity(VmSpec spec) {
            return Map.of();
        }

        @Override
        public void save(VirtualMachine machine, SavedGuest.Sink sink) throws IOException {
            content(1, pages).writeTo((TemplateWriter) sink);
        }

        @Override
        public VirtualMachine fork(VmSpec spec, SavedGuest saved) {
            throw new AssertionError("not asked for");
        }
    }

    private TemplateStore store(String kind, long budget) {
        return new TemplateStore(kind, temp.resolve(kind), temp.resolve("locks"), budget);
    }

    private Templates templates(TemplateStore... stores) {
        return new Templates(temp.resolve("locks"), List.of(stores));
    }

    @Test
    void whatMemoryHasNoRoomForGoesToDiskAndIsFoundThere() throws IOException {
        Templates templates = templates(store("memory", 64 << 10), store("disk", 1 << 20));
        assertThat(templates.save(key("large"), new Fake(100), NoMachine.machine()))
                .isTrue();
        assertThat(templates.save(key("small"), new Fake(2), NoMachine.machine()))
                .isTrue();
        assertThat(templates.list()).extracting(Templates.Listed::kind).containsExactly("memory", "disk");
        try (Template found = templates.find(key("large")).orElseThrow()) {
            assertThat(found.path()).startsWith(temp.resolve("disk"));
        }
    }

    @Test
    void whatNoPlaceTakesIsNoTemplateAndNoError() throws IOException {
        Templates templates = templates(store("memory", 64 << 10), store("disk", 64 << 10));
        assertThat(templates.save(key("large"), new Fake(100), NoMachine.machine()))
                .isFalse();
        assertThat(templates.find(key("large"))).isEmpty();
        assertThat(templates.list()).isEmpty();
    }

    @Test
    void onlyOneMakesATemplateAndTheNextWaitsNoLongerThanItSays() throws InterruptedException {
        Templates templates = templates(store("disk", 1 << 20));
        try (Templates.Making first = templates.make(key("a"), Duration.ZERO).orElseThrow()) {
            assertThat(first).isNotNull();
            assertThat(templates.make(key("a"), Duration.ofMillis(20))).isEmpty();
            Optional<Templates.Making> other = templates.make(key("b"), Duration.ZERO);
            assertThat(other).isPresent();
            other.get().close();
        }
        Optional<Templates.Making> next = templates.make(key("a"), Duration.ZERO);
        assertThat(next).isPresent();
        next.get().close();
    }

    @Test
    void aDamagedTemplateIsListedWithWhatIsWrongAndCleared() throws IOException {
        Templates templates = templates(store("disk", 1 << 20));
        templates.save(key("a"), new Fake(2), NoMachine.machine());
        Path file = templates.list().get(0).path();
        Files.write(file, new byte[] {1, 2, 3});
        assertThat(templates.list()).singleElement().satisfies(listed -> {
            assertThat(listed.key()).isEmpty();
            assertThat(listed.problem())
                    .hasValueSatisfying(why -> assertThat(why).contains(file.toString()));
        });
        assertThat(templates.clear()).containsExactly(file);
        assertThat(templates.list()).isEmpty();
    }

    @Test
    void modesAreParsedAndOthersRefusedWithTheList() {
        assertThat(TemplateMode.parse("on")).isEqualTo(TemplateMode.ON);
        assertThat(TemplateMode.parse(" Memory ")).isEqualTo(TemplateMode.MEMORY);
        assertThat(TemplateMode.parse("disk")).isEqualTo(TemplateMode.DISK);
        assertThat(TemplateMode.parse("off").open(temp, Optional.empty())).isEmpty();
        assertThatThrownBy(() -> TemplateMode.parse("ram"))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("-Dktstr.template=ram")
                .hasMessageContaining("on, off, memory, disk");
    }

    @Test
    void aKeyIsTheSameForTheSameValuesInAnyOrderAndDiffersForAnyOther() {
        Map<String, String> one = new java.util.LinkedHashMap<>();
        one.put("b", "2");
        one.put("a", "1");
        assertThat(TemplateKey.of(one)).isEqualTo(TemplateKey.of(Map.of("a", "1", "b", "2")));
        assertThat(TemplateKey.of(one).value("b")).isEqualTo("2");
        // A value cannot pass for two lines.
        assertThat(TemplateKey.of(Map.of("a", "1\nb=2"))).isNotEqualTo(TemplateKey.of(one));
        assertThat(TemplateKey.of(Map.of("a", "1\\nb=2"))).isNotEqualTo(TemplateKey.of(Map.of("a", "1\nb=2")));
    }
}
