package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What users should not write, and do: a clear error or correct output, never a failure of the processor. */
class BadInputTest {
    private static final String HEADER = "package acme;\nimport dev.ktstr.*;\nimport dev.ktstr.annotations.*;\n";

    @TempDir
    private Path root;

    private Folder folder;

    @BeforeEach
    void project() throws IOException {
        folder = new Folder(root).withStubs();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            class Bad { @KtstrTest Bad() {} }                                   | not applicable to this kind of declaration
            record Bad(@KtstrTest int x) {}                                     | [KTSTR-105] test method x takes no parameter
            interface Bad { @KtstrTest void x(Ctx ctx); }                       | [KTSTR-102]
            interface Bad { @KtstrTest default void x(Ctx ctx) {} }             | [KTSTR-110] test method x is in Bad, which is an interface
            @interface Bad { @KtstrTest int x(); }                              | [KTSTR-102]
            enum Bad { A { @KtstrTest void x(Ctx ctx) {} } }                    |
            class Bad { Runnable r = new Runnable() { @KtstrTest public void run() {} }; } |
            class Bad { @KtstrTest java.util.function.Consumer<Ctx> x = c -> {}; } | not applicable to this kind of declaration
            class Bad { @KtstrTest @KtstrTest void x(Ctx ctx) {} }              | not a repeatable annotation
            class Bad { @KtstrTest(llcs = "x") void x(Ctx ctx) {} }             | incompatible types
            class Bad { @KtstrTest(llcs = NOWHERE) void x(Ctx ctx) {} }         | cannot find symbol
            class Bad { @KtstrTest(nonsense = 1) void x(Ctx ctx) {} }           | cannot find symbol
            class Bad { @KtstrTest(scheduler = 1) void x(Ctx ctx) {} }          | incompatible types
            class Bad { @KtstrTest(scheduler = int.class) void x(Ctx ctx) {} }  | [KTSTR-301] scheduler of x names int
            class Bad { @KtstrTest(scheduler = Bad[].class) void x(Ctx ctx) {} } | [KTSTR-301] scheduler of x names acme.Bad[]
            class Bad { @KtstrTest(payload = Nowhere.class) void x(Ctx ctx) {} } | cannot find symbol
            class Bad { @KtstrTest void x(Nowhere n) {} }                       | cannot find symbol
            class Bad { @KtstrTest(bpfMapWrite = @BpfMapWrite) void x(Ctx ctx) {} } | is missing default values
            @Scheduler class Bad {}                                             | [KTSTR-302]
            @Scheduler(name = "n", binary = "b", sysctls = @Sysctl(key = "a")) class Bad {} | missing a default value
            @Scheduler(name = "n", binary = "b", from = Nowhere.class, constant = "X") class Bad {} | cannot find symbol
            """)
    void a_declaration_that_makes_no_sense_gets_one_clear_answer(String source, String expected) throws IOException {
        String printed = folder.compile(folder.write("Bad", HEADER + source + "\n"));

        if (expected == null) {
            assertThat(printed).isEmpty();
        } else {
            assertThat(printed).contains(expected);
        }
        assertThat(printed).doesNotContain("KTSTR-603").doesNotContain("Exception");
    }

    @Test
    void a_text_of_70000_characters_is_the_compilers_to_refuse() throws IOException {
        String printed = folder.compile(folder.write(
                "Long",
                HEADER
                        + "@Scheduler(name = \"n\", binary = \"b\", configFileArg = \"{file}\", configFileGuestPath = \"/c\")\n"
                        + "interface S {}\nclass Long {\n @KtstrTest(scheduler = S.class, config = \""
                        + "x".repeat(70_000)
                        + "\")\n void x(Ctx ctx) {}\n}\n"));

        assertThat(printed).doesNotContain("KTSTR-").contains("too long");
    }

    @Test
    void a_text_of_65000_characters_reaches_the_registry() throws IOException {
        String text = "x".repeat(65_000);

        assertThat(folder.compile(folder.write(
                        "Long",
                        HEADER
                                + "@Scheduler(name = \"n\", binary = \"b\", configFileArg = \"{file}\", configFileGuestPath = \"/c\")\n"
                                + "interface S {}\nclass Long {\n @KtstrTest(scheduler = S.class, config = \"" + text
                                + "\")\n void x(Ctx ctx) {}\n}\n")))
                .isEmpty();

        assertThat(folder.registry().at("/tests/0/config").asText()).isEqualTo(text);
    }

    @Test
    void a_long_wrong_text_is_cut_in_the_message() throws IOException {
        String printed = folder.compile(folder.write(
                "Wrong",
                HEADER + "@Scheduler(name = \"n\", binary = \"b\", cgroupParent = \"" + "x".repeat(60_000)
                        + "\", kernels = \"" + "y".repeat(60_000) + "\")\ninterface Wrong {}\n"));

        assertThat(printed).contains("[KTSTR-309]", "[KTSTR-310]");
        assertThat(printed.lines().filter(l -> l.contains("error: [KTSTR"))).allMatch(l -> l.length() < 3000);
    }

    @Test
    void constants_of_another_class_count_as_written() throws IOException {
        Path constants = folder.write(
                "Limits",
                "package acme;\npublic interface Limits {\n int LLCS = 1 + 2;\n String KERNEL = \"6.\" + 14;\n}\n");
        assertThat(folder.compile(constants)).isEmpty();

        assertThat(
                        folder.compile(
                                folder.write(
                                        "Uses",
                                        HEADER
                                                + "@Scheduler(name = \"n\", binary = \"b\", kernels = Limits.KERNEL)\ninterface S {}\n"
                                                + "class Uses {\n @KtstrTest(scheduler = S.class, llcs = Limits.LLCS)\n void x(Ctx ctx) {}\n}\n")))
                .isEmpty();

        assertThat(folder.registry().at("/tests/0/topology/llcs").toString())
                .isEqualTo("{\"value\":3,\"from\":\"test\"}");
        assertThat(folder.registry().at("/schedulers/0/kernels/0").asText()).isEqualTo("6.14");
    }

    @Test
    void flags_whose_profiles_look_alike_as_method_names_get_methods_of_their_own() throws IOException {
        assertThat(
                        folder.compile(
                                folder.write(
                                        "Alike",
                                        HEADER
                                                + "@Scheduler(name = \"n\", binary = \"b\")\nenum S {\n @Flag(args = \"1\") A,\n"
                                                + " @Flag(args = \"2\") A_2,\n @Flag(args = \"3\") A2,\n @Flag(args = \"4\") CLASS,\n"
                                                + " @Flag(args = \"5\") TEST }\n"
                                                + "class Alike {\n @KtstrTest(scheduler = S.class, maxCpus = 4)\n void x(Ctx ctx) {}\n}\n")))
                .isEmpty();

        assertThat(folder.generatedFiles().get("acme/Alike_x_GauntletIT.java"))
                .contains("void default_(", "void a2(", "void a2_2(", "void class_(", "void test(");
    }

    @Test
    void classes_named_like_presets_or_annotations_do_not_confuse_the_generated_code() throws IOException {
        assertThat(folder.compile(folder.write(
                        "Tiny1llc",
                        HEADER + "class Tiny1llc {\n @KtstrTest(maxLlcs = 2)\n void x(Ctx ctx) {}\n}\n"
                                + "class Nested {}\nclass Tag {}\nclass KtstrRunner {}\nclass DisplayName {}\n")))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"UTF-8", "ISO-8859-1", "UTF-16"})
    void names_and_texts_survive_every_source_encoding(String encoding) throws IOException {
        Path source = folder.write(
                "Größe",
                HEADER + "class Größe {\n @KtstrTest(maxLlcs = 1)\n void prüft(Ctx ctx) {}\n}\n",
                Charset.forName(encoding));

        // The folder's own file manager reads UTF-8; the compiler's command line does not.
        java.io.ByteArrayOutputStream printed = new java.io.ByteArrayOutputStream();
        javax.tools.ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        printed,
                        printed,
                        "-encoding",
                        encoding,
                        "-processor",
                        KtstrProcessor.class.getName(),
                        "-cp",
                        folder.classes() + java.io.File.pathSeparator + System.getProperty("java.class.path"),
                        "-d",
                        folder.classes().toString(),
                        "-s",
                        folder.generated().toString(),
                        source.toString());

        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(folder.tests()).containsExactly("acme.Größe#prüft");
    }

    @Test
    void proc_only_generates_and_writes_the_registry() throws IOException {
        Path source = folder.write("Only", HEADER + "class Only {\n @KtstrTest\n void x(Ctx ctx) {}\n}\n");

        assertThat(folder.compile(List.of(new KtstrProcessor()), List.of(source), "-proc:only"))
                .isEmpty();

        assertThat(folder.generatedFiles()).containsKeys("acme/OnlyKtstrIT.java", "acme/Only_x_GauntletIT.java");
        assertThat(folder.tests()).containsExactly("acme.Only#x");
        assertThat(Files.exists(folder.classes().resolve("acme/Only.class"))).isFalse();
    }

    @Test
    void a_module_that_reads_only_what_it_needs_can_have_tests() throws IOException {
        Path lib = Files.createDirectories(root.resolve("lib"));
        Folder stubs = new Folder(lib).withStubs();
        Folder project = new Folder(Files.createDirectories(root.resolve("module")));
        Path module = project.write("module-info", """
                module acme.tests {
                    requires static ktstr.annotations;
                    requires org.junit.jupiter.api;
                    requires harness;
                }
                """);
        Path harness = stubs.write("module-info", """
                module harness {
                    requires org.junit.jupiter.api;
                    exports dev.ktstr;
                    exports dev.ktstr.junit;
                }
                """);
        String modulePath = System.getProperty("java.class.path");
        assertThat(stubs.compile(
                        List.of(),
                        java.util.stream.Stream.concat(
                                        Golden.list(Golden.resources().resolve("stubs")).stream(),
                                        java.util.stream.Stream.of(harness))
                                .toList(),
                        "-Xlint:none",
                        "--module-path",
                        modulePath))
                .isEmpty();
        Path source = project.write("InModule", HEADER + "class InModule {\n @KtstrTest\n void x(Ctx ctx) {}\n}\n");
        String printed = project.compile(
                List.of(new KtstrProcessor()),
                List.of(source, module),
                "-Xlint:none",
                "--module-path",
                modulePath + java.io.File.pathSeparator + stubs.classes());

        assertThat(printed).isEmpty();
        assertThat(project.tests()).containsExactly("acme.InModule#x");
        assertThat(project.generatedFiles().get("acme/InModuleKtstrIT.java")).doesNotContain("@Generated");
    }
}
