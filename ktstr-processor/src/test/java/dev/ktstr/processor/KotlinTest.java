package dev.ktstr.processor;

import static org.assertj.core.api.Assertions.assertThat;

import com.palantir.javapoet.JavaFile;
import dev.ktstr.annotations.KtstrTest;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests in Kotlin: its own compiler makes Java stubs of them and runs the processor over those (kapt). */
class KotlinTest {
    private static final Path KOTLIN = Golden.resources().resolve("kotlin");
    private static final int MOST_SECONDS = 120;
    private static final String KAPT = "plugin:org.jetbrains.kotlin.kapt3:";

    @TempDir
    private Path root;

    private Folder folder;

    @BeforeEach
    void startWithTheHarness() throws IOException {
        folder = new Folder(root);
        List<Path> stubs = new ArrayList<>(Golden.list(Golden.resources().resolve("stubs")));
        // Kotlin's library has the real one.
        assertThat(stubs.removeIf(s -> s.endsWith("Continuation.java"))).isTrue();
        assertThat(folder.compile(List.of(), stubs)).isEmpty();
    }

    @Test
    void wrong_tests_get_their_codes_at_the_lines_of_the_kotlin_source_and_hide_no_good_one() throws Exception {
        Printed kapt = kapt("BadTest.kt", "GoodTest.kt");

        assertThat(kapt.exit()).as(kapt.text()).isNotZero();
        assertThat(kapt.errors())
                .containsExactly(
                        "BadTest.kt:9: error: [KTSTR-113] test method waits is a suspend function.",
                        "BadTest.kt:12: error: [KTSTR-105] test method counts takes (dev.ktstr.Ctx ctx, int times).",
                        "BadTest.kt:17: error: [KTSTR-108] class Holder of test method ofAnObject has no no-arg constructor"
                                + " that is not private.");
        assertThat(kapt.text()).doesNotContain("Exception");
        assertThat(folder.generatedFiles()).containsKey("acme/GoodTestKtstrIT.java");
    }

    @Test
    void good_tests_become_junit_classes_that_compile_against_the_kotlin_class() throws Exception {
        Printed kapt = kapt("GoodTest.kt");
        Printed kotlinc = kotlinc(List.of(KOTLIN.resolve("GoodTest.kt").toString()));

        assertThat(kapt.exit()).as(kapt.text()).isZero();
        assertThat(kotlinc.exit()).as(kotlinc.text()).isZero();
        assertThat(folder.generatedFiles())
                .containsOnlyKeys(
                        "acme/GoodTestKtKtstrIT.java",
                        "acme/GoodTestKt_ofTheFile_GauntletIT.java",
                        "acme/GoodTestKtstrIT.java",
                        "acme/GoodTest_mixedWorkloads_GauntletIT.java",
                        "acme/GoodTest_quiet_GauntletIT.java");
        assertThat(folder.tests())
                .containsExactlyInAnyOrder(
                        "acme.GoodTest#mixedWorkloads", "acme.GoodTest#quiet", "acme.GoodTestKt#ofTheFile");
        List<Path> generated = new ArrayList<>();
        folder.generatedFiles()
                .keySet()
                .forEach(f -> generated.add(folder.generated().resolve(f)));
        assertThat(folder.compile(List.of(), generated, "-Werror")).isEmpty();
        assertThat(folder.classes().resolve("acme/GoodTestKtstrIT.class")).exists();
    }

    private Printed kapt(String... sources) throws Exception {
        List<String> arguments =
                new ArrayList<>(List.of("-Xplugin=" + library("kotlin-annotation-processing-embeddable")));
        option(arguments, "aptMode=stubsAndApt");
        option(arguments, "mapDiagnosticLocations=true");
        option(arguments, "sources=" + folder.generated());
        option(arguments, "classes=" + folder.classes());
        option(arguments, "stubs=" + Files.createDirectories(root.resolve("stubs")));
        for (Class<?> needed : List.of(KtstrProcessor.class, KtstrTest.class, JavaFile.class)) {
            option(
                    arguments,
                    "apclasspath="
                            + Path.of(needed.getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI()));
        }
        Stream.of(sources).map(s -> KOTLIN.resolve(s).toString()).forEach(arguments::add);
        return kotlinc(arguments);
    }

    private static void option(List<String> arguments, String option) {
        arguments.add("-P");
        arguments.add(KAPT + option);
    }

    /** Runs the compiler in a process of its own: it keeps global state, and wants another heap than a test. */
    private Printed kotlinc(List<String> arguments) throws Exception {
        String classPath = System.getProperty("java.class.path");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                // Most of a short compilation is the warming up of the compiler.
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler",
                "-no-stdlib",
                "-no-reflect",
                "-cp",
                folder.classes() + File.pathSeparator + classPath,
                "-d",
                folder.classes().toString()));
        command.addAll(arguments);
        Path log = Files.createTempFile(root, "kotlinc", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            boolean ended = process.waitFor(MOST_SECONDS, TimeUnit.SECONDS);
            String text = Files.readString(log);
            assertThat(ended)
                    .as("kotlinc did not end in %d s; it printed %s", MOST_SECONDS, text)
                    .isTrue();
            return new Printed(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String library(String artifact) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(e -> Path.of(e).getFileName().toString().startsWith(artifact + "-"))
                .findFirst()
                .orElseThrow(() -> new AssertionError(artifact + " is not on the class path of the tests"));
    }

    private record Printed(int exit, String text) {
        /** The first sentence of each error, from the file's name on. */
        List<String> errors() {
            return text.lines()
                    .filter(l -> l.contains("error: "))
                    .map(l -> l.replaceFirst("^error: .*/", "").replaceFirst("\\. .*", "."))
                    .toList();
        }
    }
}
