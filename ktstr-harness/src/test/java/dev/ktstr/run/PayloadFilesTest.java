package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.payload.PayloadEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableTypeAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PayloadFilesTest {
    @TempDir
    Path temp;

    private final GuestFiles files = new GuestFiles();

    private static ThrowableTypeAssert<RunException> assertRunException() {
        return assertThatExceptionOfType(RunException.class);
    }

    private static PayloadEntry payload(String binary, String... includeFiles) {
        return new PayloadEntry(
                "tool", "acme.Tool", binary, List.of("-d"), false, List.of(), List.of(), List.of(includeFiles));
    }

    private PayloadFiles source(Map<String, String> properties, String path) {
        return new PayloadFiles(new Options(properties::get, Map.of("PATH", path)::get), temp);
    }

    private List<String> taken() {
        return files.take().stream().map(GuestFile::path).toList();
    }

    private Path script(String name, String text) throws IOException {
        Path script = Files.writeString(temp.resolve(name), text);
        assertThat(script.toFile().setExecutable(true)).isTrue();
        return script;
    }

    @Test
    void aProgramOfTheSystemComesWithItsLibraries() {
        assertThat(source(Map.of(), "/usr/bin").add(payload("sleep"), files)).isEqualTo("/usr/bin/sleep");
        assertThat(taken()).startsWith("/usr/bin/sleep").anyMatch(path -> path.endsWith("/libc.so.6"));
        assertThat(taken()).as("what was taken is in the guest").isEmpty();
    }

    @Test
    void twoProgramsShareTheirLibraries() {
        source(Map.of(), "/usr/bin").add(payload("sleep"), files);
        source(Map.of(), "/usr/bin").add(payload("cat"), files);
        assertThat(taken()).doesNotHaveDuplicates();
    }

    @Test
    void aScriptComesWithItsInterpreter() throws IOException {
        Path script = script("tool", "#!/bin/sh -e\necho hello\n");
        assertThat(source(Map.of(), "").add(payload("./tool"), files)).isEqualTo(script.toString());
        assertThat(taken()).contains("/bin/sh", script.toString());
    }

    @Test
    void aScriptThatLeavesItsInterpreterToEnvIsRefused() throws IOException {
        script("tool", "#!/usr/bin/env python3\n");
        assertRunException()
                .isThrownBy(() -> source(Map.of(), "").add(payload("./tool"), files))
                .withMessageContaining("payload 'tool': the script")
                .withMessageContaining("#!/usr/bin/env python3");
    }

    @Test
    void filesAndFoldersKeepTheirNames() throws IOException {
        Files.createDirectories(temp.resolve("data/deep"));
        Files.writeString(temp.resolve("data/deep/a"), "x");
        Files.writeString(temp.resolve("job.fio"), "x");
        source(Map.of(), "/usr/bin").add(payload("sleep", "data", "job.fio"), files);
        assertThat(taken()).contains("/include-files/data/deep/a", "/include-files/job.fio");
    }

    @Test
    void aMissingFileOrProgramIsNamedWithTheCure() {
        assertRunException()
                .isThrownBy(() -> source(Map.of(), "/usr/bin").add(payload("sleep", "gone.fio"), files))
                .withMessageContaining("payload 'tool': " + temp.resolve("gone.fio") + " of includeFiles is not there");
        assertRunException()
                .isThrownBy(() -> source(Map.of(), "/usr/bin").add(payload("no-such-tool"), files))
                .withMessageContaining("payload 'tool': no program 'no-such-tool' in " + temp.resolve("target"))
                .withMessageContaining("-Dktstr.payload.path=DIR");
    }

    @Test
    void anOptionNamesTheProgram() throws IOException {
        Path mine = script("mine", "#!/bin/sh\n");
        assertThat(source(Map.of("ktstr.payload.bin.tool", "mine"), "").add(payload("sleep"), files))
                .isEqualTo(mine.toString());
    }

    @Test
    void twoFilesCannotBeInOnePlace() throws IOException {
        Files.createDirectories(temp.resolve("a"));
        Files.createDirectories(temp.resolve("b"));
        Files.writeString(temp.resolve("a/x.conf"), "1");
        Files.writeString(temp.resolve("b/x.conf"), "2");
        assertRunException()
                .isThrownBy(() -> source(Map.of(), "/usr/bin").add(payload("sleep", "a/x.conf", "b/x.conf"), files))
                .withMessageContaining("/include-files/x.conf");
    }

    @Test
    void theRegistryGivesATestItsPayloads() throws IOException {
        String payloads = """
                {"schema":2,"payloads":[
                  {"name":"fio","type":"acme.Fio","binary":"fio","defaultArgs":["a.fio"],"output":"JSON",
                   "metrics":[{"name":"iops","polarity":"HIGHER_IS_BETTER","unit":"1/s"}],
                   "checks":[{"metric":"iops","min":1.5,"max":null}],"includeFiles":["a.fio"]}],
                 "tests":[{"id":"acme.T#m","class":"acme.T","method":"m","payload":"acme.Fio","workloads":["%s"]}]}""";
        TestEntry test = Registry.of(new ObjectMapper().readTree(payloads.formatted("acme.Fio")))
                .test("acme.T#m");
        PayloadEntry fio = test.payloads().foreground().orElseThrow();
        assertThat(fio.json()).isTrue();
        assertThat(fio.checks().get(0).min()).hasValue(1.5);
        assertThat(fio.checks().get(0).max()).isEmpty();
        assertThat(test.payloads().background()).containsExactly(fio);
        Registry stale = Registry.of(new ObjectMapper().readTree(payloads.formatted("acme.Gone")));
        assertRunException()
                .isThrownBy(() -> stale.test("acme.T#m"))
                .withMessageContaining("test 'acme.T#m' names the payload acme.Gone");
    }
}
