package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.junit.Project;
import dev.ktstr.junit.Wanted;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.select.Selection;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VariantListTest {
    private static final Optional<String> NONE = Optional.empty();

    @TempDir
    Path temp;

    private Selection selection(Optional<String> groups, String tests, String... kernels) throws IOException {
        Path file = temp.resolve("META-INF/ktstr/registry.json");
        Files.createDirectories(file.getParent());
        Files.writeString(file, """
                {"schema":2,"schedulers":[{"name":"scx-x","type":"acme.S","binary":"scx-x","kernels":["7.2"]}],
                 "tests":[%s]}""".formatted(tests));
        List<KernelImage> images = List.of(kernels).stream()
                .map(v -> new KernelImage(v, v, temp, temp, null, null, "0".repeat(64), "a test", null))
                .toList();
        dev.ktstr.run.Options options =
                new dev.ktstr.run.Options(Map.of("ktstr.maxOvercommit", "1000")::get, name -> null);
        try (URLClassLoader loader = new URLClassLoader(new URL[] {temp.toUri().toURL()}, null)) {
            return new Project(loader, KernelsInForce.of(images), options, temp).select(Wanted.of(groups, NONE, NONE));
        }
    }

    private static final String TEST = """
            {"id":"acme.T#m","class":"acme.T","method":"m","scheduler":"acme.S","durationS":{"value":10,"from":"test"},
             "memoryMb":{"value":64,"from":"test"},
             "gauntlet":{"presets":["tiny-1llc"],"profiles":[{"name":"default","flags":[],"args":[]}]}}""";

    @Test
    void everyVariantIsALineWithWhatBecomesOfItAndWhy() throws IOException {
        assertThat(VariantList.table(selection(NONE, TEST, "7.2.13")))
                .containsExactly(
                        "VARIANT                       TOPOLOGY  CPUS  SCHEDULER  EXPECTED  STATUS    WHY",
                        "ktstr/m                       1n1l2c1t  2     scx-x      15 s?     run",
                        "gauntlet/m/tiny-1llc/default  1n1l4c1t  4     scx-x      16 s?     left out  tagged gauntlet",
                        "",
                        "2 variants: 1 run in about 15 s, 0 skipped, 1 left out; '?' marks a cost that is estimated");
    }

    @Test
    void aKernelThatTheSchedulerIsNotForIsASkipWithTheReason() throws IOException {
        assertThat(VariantList.table(selection(Optional.of("gauntlet"), TEST, "6.12.1", "7.2.13")))
                .contains("gauntlet/m/tiny-1llc/default/kernel_7_2_13  1n1l4c1t  4     scx-x      16 s?     run")
                .anyMatch(
                        line -> line.startsWith("gauntlet/m/tiny-1llc/default/kernel_6_12_1 ")
                                && line.endsWith(
                                        "skip      kernel 6.12.1 is none of those that scheduler 'scx-x' is for: kernels = 7.2"));
    }

    @Test
    void programsGetJson() throws IOException {
        JsonNode all = new ObjectMapper().readTree(VariantList.json(selection(NONE, TEST, "7.2.13")));
        assertThat(all).hasSize(2);
        assertThat(all.at("/1/preset").asText()).isEqualTo("tiny-1llc");
        assertThat(all.at("/1/status").asText()).isEqualTo("left_out");
        assertThat(all.at("/1/tags/0").asText()).isEqualTo("gauntlet");
        assertThat(all.at("/0/preset").isNull()).isTrue();
        assertThat(all.at("/0/kernel").asText()).isEqualTo("kernel_7_2_13");
    }

    @Test
    void anAttributeThatIsNotActedUponYetIsASkipThatNamesIt() throws IOException {
        String test = TEST.replace(
                "\"memoryMb\"",
                "\"numSnapshots\":3,\"checks\":{\"maxNewer\":{\"value\":1,\"from\":\"test\"}},\"memoryMb\"");
        assertThat(VariantList.table(selection(NONE, test, "6.12.1", "7.2.13")).get(1))
                .startsWith("ktstr/m/kernel_6_12_1 ")
                .contains("skip      maxNewer is set, which this version cannot act upon yet");
    }

    @Test
    void aProjectWithoutTestsSaysSo() throws IOException {
        assertThat(VariantList.table(selection(NONE, "", "7.2.13")))
                .singleElement()
                .asString()
                .startsWith("no test: ");
    }
}
