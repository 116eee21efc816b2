package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.processor.write.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compilations of some of the sources over what an earlier one left, as IDEs and incremental builds do. */
class IncrementalTest {
    private static final String HEADER = "package acme;\nimport dev.ktstr.*;\nimport dev.ktstr.annotations.*;\n";
    private static final String SCHEDULER = HEADER
            + "@Scheduler(name = \"mine\", binary = \"b\", topology = @Topology(llcs = 2))\n"
            + "enum Mine { @Flag(args = \"--llc\") LLC }\n";
    private static final String ONE = HEADER
            + "class One {\n @KtstrTest(scheduler = Mine.class, requiredFlags = MineFlags.LLC)\n void a(Ctx ctx) {}\n}\n";
    private static final String TWO =
            HEADER + "class Two {\n static class Inner {\n @KtstrTest(maxLlcs = 1)\n void b(Ctx ctx) {}\n }\n}\n";

    @TempDir
    private Path root;

    private Folder folder;
    private Path scheduler;
    private Path one;
    private Path two;

    @BeforeEach
    void build() throws IOException {
        folder = new Folder(root).withStubs();
        scheduler = folder.write("Mine", SCHEDULER);
        one = folder.write("One", ONE);
        two = folder.write("Two", TWO);
        assertThat(folder.compile(scheduler, one, two)).isEmpty();
        assertThat(folder.tests()).containsExactly("acme.One#a", "acme.Two.Inner#b");
    }

    @Test
    void compiling_one_test_keeps_the_entries_of_the_others() throws IOException {
        folder.write("One", ONE.replace("void a(", "void renamed("));

        assertThat(folder.compile(one)).isEmpty();

        assertThat(folder.tests()).containsExactly("acme.One#renamed", "acme.Two.Inner#b");
        assertThat(folder.registry().at("/schedulers/0/name").asText()).isEqualTo("mine");
    }

    @Test
    void a_partial_build_that_changes_nothing_leaves_the_registry_as_it_is() throws IOException {
        String before = Files.readString(folder.classes().resolve(Registry.PATH));

        for (Path source : new Path[] {one, two, scheduler}) {
            assertThat(folder.compile(source)).isEmpty();
            assertThat(folder.classes().resolve(Registry.PATH)).hasContent(before);
        }
    }

    @Test
    void the_entry_of_a_class_that_is_gone_is_dropped() throws IOException {
        Files.delete(two);
        Files.delete(folder.classes().resolve("acme/Two$Inner.class"));

        assertThat(folder.compile(one)).isEmpty();

        assertThat(folder.tests()).containsExactly("acme.One#a");
    }

    @Test
    void a_test_that_left_its_class_is_dropped_though_the_class_file_is_still_there() throws IOException {
        folder.write("Two", HEADER + "class Two {}\n");

        assertThat(folder.compile(two)).isEmpty();

        assertThat(folder.tests()).containsExactly("acme.One#a");
    }

    @Test
    void compiling_a_scheduler_resolves_the_tests_that_inherit_from_it_again() throws IOException {
        folder.write(
                "Mine", SCHEDULER.replace("llcs = 2", "llcs = 4").replace("LLC }", "LLC, @Flag(args = \"--x\") X }"));

        assertThat(folder.compile(scheduler)).isEmpty();

        assertThat(folder.registry().at("/tests/0/topology/llcs/value").asInt()).isEqualTo(4);
        assertThat(folder.registry().at("/tests/0/gauntlet/profiles").findValuesAsText("name"))
                .containsExactly("llc", "llc+x");
        assertThat(folder.generatedFiles().get("acme/One_a_GauntletIT.java")).contains("llc_x(");
        assertThat(folder.tests()).containsExactly("acme.One#a", "acme.Two.Inner#b");
    }

    @Test
    void a_scheduler_that_breaks_an_inheriting_test_is_an_error_when_only_the_scheduler_is_compiled()
            throws IOException {
        folder.write("Mine", SCHEDULER.replace("LLC }", "NUMA }"));

        assertThat(folder.compile(scheduler)).contains("[KTSTR-407] requiredFlags of a holds \"LLC\"");
    }

    @Test
    void a_damaged_registry_is_a_warning_and_the_build_goes_on() throws IOException {
        Files.writeString(folder.classes().resolve(Registry.PATH), "{\"schema\": 2, \"tests\": [");

        assertThat(folder.compile(one))
                .contains("warning: [KTSTR-602]")
                .contains("the end at character 24")
                .doesNotContain("error");
        assertThat(folder.tests()).containsExactly("acme.One#a");
    }

    @Test
    void an_error_leaves_the_registry_of_the_last_good_build() throws IOException {
        folder.write("One", ONE.replace("requiredFlags", "durationS = 0, requiredFlags"));

        assertThat(folder.compile(one)).contains("[KTSTR-204]");

        assertThat(folder.tests()).containsExactly("acme.One#a", "acme.Two.Inner#b");
    }

    @Test
    void a_class_of_the_users_that_is_not_in_this_compilation_is_not_overwritten() throws IOException {
        Path taken = folder.write("ThreeKtstrIT", "package acme;\nclass ThreeKtstrIT {}\n");
        assertThat(folder.compile(taken)).isEmpty();

        assertThat(folder.compile(folder.write(
                        "Three",
                        TWO.replace("Two", "Three")
                                .replace("Inner", "I")
                                .replace("static class I {", "")
                                .replace("}\n}\n", "}\n"))))
                .contains("[KTSTR-112] class acme.Three has tests, and there already is a class acme.ThreeKtstrIT");
    }

    @Test
    void two_processors_in_one_jvm_know_nothing_of_each_other() throws IOException {
        Path other = Files.createDirectories(root.resolve("other"));
        Folder second = new Folder(other).withStubs();

        assertThat(second.compile(second.write("Mine", SCHEDULER), second.write("One", ONE)))
                .isEmpty();

        assertThat(second.tests()).containsExactly("acme.One#a");
        assertThat(folder.tests()).containsExactly("acme.One#a", "acme.Two.Inner#b");
    }
}
