package dev.ktstr.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.RunException;
import dev.ktstr.verify.CellResult.Status;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class SweepTest {
    private static final String REGISTRY = """
            {"schema": 2, "tests": [], "payloads": [], "schedulers": [
              {"name": "scx-a", "type": "acme.A", "binary": "scx-a", "kernels": [], "schedArgs": ["-x"],
               "constraints": {"minLlcs": 1, "maxLlcs": 2, "minCpus": 1, "maxCpus": 8, "minNumaNodes": 1, "maxNumaNodes": 1,
                               "requiresSmt": false}},
              {"name": "scx-b", "type": "acme.B", "binary": "scx-b", "kernels": ["6.14..=7.0"],
               "constraints": {"minLlcs": 2, "maxLlcs": 3, "minCpus": 1, "maxCpus": 12, "minNumaNodes": 1, "maxNumaNodes": 1,
                               "requiresSmt": true}},
              {"name": "built-in", "type": "acme.C", "kernelBuiltin": {"enable": ["true"], "disable": ["true"]}}]}
            """;

    @TempDir
    Path temp;

    private Registry registry() throws IOException {
        Path file = temp.resolve("classes").resolve(Registry.RESOURCE);
        Files.createDirectories(file.resolveSibling(""));
        Files.writeString(file, REGISTRY);
        URL[] urls = {temp.resolve("classes").toUri().toURL()};
        try (URLClassLoader loader = new URLClassLoader(urls, null)) {
            return Registry.ofProject(loader);
        }
    }

    private static KernelImage kernel(String version) {
        Path file = Path.of("/kernels/" + version);
        return new KernelImage(version, version, file, file, null, null, "0".repeat(64), "a test", null);
    }

    private Sweep sweep(Map<String, String> options) throws IOException {
        KernelsInForce kernels = KernelsInForce.of(List.of(kernel("6.12.5"), kernel("6.15.1")));
        return Sweep.of(registry(), kernels, new Options(options::get, name -> null), temp);
    }

    private List<String> cells(Map<String, String> options) throws IOException {
        return sweep(options).cells().stream().map(Cell::name).toList();
    }

    @Test
    void aCellIsASchedulerOnAKernelThatItIsForOnAPresetThatItTakes() throws IOException {
        assertThat(cells(Map.of()))
                .containsExactly(
                        "scx-a / 6.12.5 / tiny-1llc",
                        "scx-a / 6.12.5 / tiny-2llc",
                        "scx-a / 6.12.5 / smt-2llc",
                        "scx-a / 6.15.1 / tiny-1llc",
                        "scx-a / 6.15.1 / tiny-2llc",
                        "scx-a / 6.15.1 / smt-2llc",
                        "scx-b / 6.15.1 / smt-2llc",
                        "scx-b / 6.15.1 / smt-3llc");
    }

    @Test
    void namesNarrowTheSweep() throws IOException {
        assertThat(cells(Map.of("ktstr.scheduler", "scx-b", "ktstr.presets", "smt-3llc, tiny-1llc")))
                .containsExactly("scx-b / 6.15.1 / smt-3llc");
        assertThat(cells(Map.of("ktstr.presets", "near-max-llc"))).isEmpty();
    }

    @Test
    void aNameThatIsNotThereIsRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> cells(Map.of("ktstr.scheduler", "scx-c")))
                .isInstanceOf(RunException.class)
                .hasMessageContaining("did you mean 'scx-a'")
                .hasMessageContaining("There are: scx-a, scx-b")
                .hasMessageNotContainingAny("built-in");
        assertThatThrownBy(() -> cells(Map.of("ktstr.presets", "tiny-1lcc")))
                .hasMessageContaining("-Dktstr.presets=tiny-1lcc")
                .hasMessageContaining("did you mean 'tiny-1llc'");
    }

    @Test
    void aSchedulersArgumentsAreThoseOfItsAnnotation() throws IOException {
        assertThat(sweep(Map.of()).cells().get(0).variant().schedulerArgs()).containsExactly("-x");
    }

    private static ProgramCost program(String name, long insns) {
        return new ProgramCost(
                name,
                "struct_ops",
                OptionalLong.of(insns),
                OptionalLong.empty(),
                OptionalLong.empty(),
                OptionalLong.of(8),
                OptionalLong.empty(),
                OptionalLong.of(3));
    }

    private List<CellResult> results() throws IOException {
        List<Cell> cells = sweep(Map.of()).cells();
        List<CellResult> results = new ArrayList<>();
        VerifierLog log = VerifierLog.in(CycleCollapseTest.printed("6.12")).get(0);
        results.add(new CellResult(
                cells.get(0),
                Status.PASS,
                List.of(),
                List.of(),
                List.of(program("dispatch", 1200), program("init", 9)),
                List.of(),
                Map.of("load", 910.0, "total", 2950.0),
                Optional.of(temp)));
        results.add(new CellResult(
                cells.get(1),
                Status.FAIL,
                List.of("the verifier refused x: \u0000\u001b[31m", "it exited"),
                List.of(),
                List.of(),
                List.of(log),
                Map.of("total", 100.0),
                Optional.of(temp)));
        results.add(CellResult.skipped(cells.get(2), "too large"));
        results.add(new CellResult(
                cells.get(6),
                Status.PASS,
                List.of(),
                List.of("near"),
                List.of(program("dispatch", 800_000)),
                List.of(),
                Map.of("total", 100.0),
                Optional.of(temp)));
        return results;
    }

    @Test
    void theTextEndsWithAGridAndWhatFailed() throws IOException {
        SweepText text = new SweepText(false, false);
        assertThat(text.cell(results().get(0)))
                .containsExactly(
                        "verifier scx-a / 6.12.5 / tiny-1llc (1n1l4c1t): pass [2.95s, load 0.91s]",
                        "  dispatch  verified_insns=1200  stack=8  runs=3",
                        "  init      verified_insns=9     stack=8  runs=3");
        assertThat(text.summary(results()))
                .containsExactly(
                        "verifier sweep: 4 cells, 2 pass, 1 fail, 1 skip",
                        "",
                        "               tiny-1llc  tiny-2llc  smt-2llc",
                        "scx-a  6.12.5  pass       FAIL       skip",
                        "scx-b  6.15.1  -          -          pass",
                        "",
                        "skipped:",
                        "  too large",
                        "",
                        "warnings:",
                        "  scx-b / 6.15.1 / smt-2llc: near",
                        "",
                        "failed:",
                        "  scx-a / 6.12.5 / tiny-2llc: the verifier refused x: ??[31m");
    }

    @Test
    void theLineOfTheBuildsFailureNamesACellAndWhy() throws IOException {
        SweepText text = new SweepText(false, false);
        CellResult failed = results().get(1);
        assertThat(text.failure(results()))
                .contains("1 of 4 cells failed: scx-a / 6.12.5 / tiny-2llc: the verifier refused x: ??[31m");
        assertThat(text.failure(List.of(failed, failed)).orElseThrow())
                .startsWith("2 of 2 cells failed, the first: scx-a / 6.12.5 / tiny-2llc: ");
        assertThat(text.failure(List.of(results().get(0)))).isEmpty();
        CellResult loud = new CellResult(
                failed.cell(),
                Status.FAIL,
                List.of("it exited with code 1. Its output:\n  words"),
                List.of(),
                List.of(),
                List.of(),
                Map.of(),
                Optional.empty());
        assertThat(text.failure(List.of(loud)).orElseThrow()).endsWith(": it exited with code 1.");
        assertThat(text.summary(List.of(loud))).last().asString().endsWith(": it exited with code 1.");
        assertThat(text.cell(loud)).contains("  it exited with code 1. Its output:", "    words");
    }

    @Test
    void presetsThatDoNotFitIntoALineComeBelow() throws IOException {
        assertThat(new SweepText(false, false, 36).summary(results()))
                .containsSubsequence(
                        "               tiny-1llc  tiny-2llc",
                        "scx-a  6.12.5  pass       FAIL",
                        "scx-b  6.15.1  -          -",
                        "",
                        "               smt-2llc",
                        "scx-a  6.12.5  skip",
                        "scx-b  6.15.1  pass");
        assertThat(new SweepText(false, false, 1).summary(results()))
                .anyMatch(line -> line.endsWith("tiny-2llc"))
                .noneMatch(line -> line.contains("tiny-1llc  tiny-2llc"));
    }

    @Test
    void countsAloneStandInTheTableOnly() throws IOException {
        VerifierLog counts = new VerifierLog("dispatch", List.of("processed 7 insns"), false);
        CellResult result = new CellResult(
                results().get(0).cell(),
                Status.PASS,
                List.of(),
                List.of(),
                List.of(program("dispatch", 7).withStates(new VerifierStats(7, 1_000_000, 5, 4))),
                List.of(counts),
                Map.of(),
                Optional.of(temp));
        assertThat(new SweepText(false, false).cell(result))
                .last()
                .isEqualTo("  dispatch  verified_insns=7  states=5  peak_states=4  stack=8  runs=3");
        assertThat(new SweepText(false, true).cell(result)).contains("--- scheduler log: dispatch ---");
    }

    @Test
    void coloursAddNothingButColours() throws IOException {
        for (CellResult result : results()) {
            List<String> plain = new SweepText(false, false).cell(result);
            List<String> painted = new SweepText(true, false).cell(result);
            assertThat(painted).isNotEqualTo(plain);
            assertThat(String.join("\n", painted).replaceAll("\u001b\\[[0-9;]*m", ""))
                    .isEqualTo(String.join("\n", plain));
        }
    }

    @Test
    void aLogIsShownInShortOrAsItIs() throws IOException {
        CellResult failed = results().get(1);
        assertThat(new SweepText(false, false).cell(failed))
                .contains("processed=477 states=14/14", "--- scheduler log: ktstr_dispatch ---")
                .hasSizeLessThan(70);
        assertThat(new SweepText(false, true).cell(failed)).hasSizeGreaterThan(500);
    }

    @Test
    void theFileForProgramsIsReadBackForAComparison() throws IOException {
        Path file = temp.resolve("deep/verifier.json");
        SweepJson.write(file, "1f3c9d2", Instant.EPOCH, results());
        Figures read = SweepJson.read(file);
        assertThat(read).isEqualTo(Figures.of("1f3c9d2", results()));
        assertThat(Files.readString(file)).contains("\"stackDepth\" : 8").doesNotContain("jitedBytes");
        Files.writeString(file, "{\"schema\": 2, \"cells\": []}");
        assertThatThrownBy(() -> SweepJson.read(file))
                .isInstanceOf(VerifyException.class)
                .hasMessageContaining("its schema is 2, not 1");
        Files.writeString(file, "not JSON");
        assertThatThrownBy(() -> SweepJson.read(file)).isInstanceOf(VerifyException.class);
    }

    @Test
    void theFileForCiSystemsHoldsNoCharacterThatXmlForbids() throws Exception {
        Path file = temp.resolve("TEST-x.xml");
        SweepXml.write(file, Instant.parse("2026-11-21T14:46:52.63Z"), results());
        var suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("timestamp")).isEqualTo("2026-11-21T14:46:52");
        assertThat(suite.getAttribute("tests")).isEqualTo("4");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1");
        assertThat(((Element) suite.getElementsByTagName("failure").item(0)).getAttribute("type"))
                .isEqualTo("ktstr.verifier");
        assertThat(suite.getElementsByTagName("failure").item(0).getTextContent())
                .contains("20 rounds of instructions")
                .contains("refused x: ??[31m");
    }

    @Test
    void aComparisonSaysWhatDiffers() {
        Figures.Program none = new Figures.Program("c", "same", OptionalLong.of(5), OptionalLong.empty());
        Figures before = new Figures(
                "commit 1f3c9d2",
                List.of(
                        none,
                        new Figures.Program("c", "grown", OptionalLong.of(64), OptionalLong.of(100)),
                        new Figures.Program("c", "gone", OptionalLong.of(7), OptionalLong.empty()),
                        new Figures.Program("other", "x", OptionalLong.of(7), OptionalLong.empty())));
        Figures now = new Figures(
                "now",
                List.of(
                        none,
                        new Figures.Program("c", "grown", OptionalLong.of(96), OptionalLong.of(90)),
                        new Figures.Program("c", "added", OptionalLong.of(3), OptionalLong.empty())));
        assertThat(new Comparison(before, now).lines())
                .containsExactly(
                        "compared with commit 1f3c9d2:",
                        "  c",
                        "    grown  verified_insns=64 -> 96 (+50.0%)  jited=100 -> 90 (-10.0%)",
                        "    added  new                               verified_insns=3",
                        "    gone   gone                              verified_insns=7",
                        "  3 differ, 1 program is the same");
        assertThat(new Comparison(before, before).lines()).last().isEqualTo("  4 programs are the same");
    }

    @Test
    void whatABaselineIsIsSeenBeforeAnythingRuns() throws IOException {
        Sweep sweep = sweep(Map.of());
        Options options = new Options(name -> null, name -> null);
        Path program = Files.writeString(temp.resolve("scx"), "");
        assertThatThrownBy(() -> Baseline.of(program.toString(), sweep, options, temp))
                .isInstanceOf(VerifyException.class)
                .hasMessageContaining("NAME=");
        assertThatThrownBy(() -> Baseline.of("scx-z=scx", sweep, options, temp))
                .hasMessageContaining("no scheduler 'scx-z'");
        assertThatThrownBy(() -> Baseline.of("scx-a=nothing", sweep, options, temp))
                .hasMessageContaining("there is no file");
        assertThatThrownBy(() -> Baseline.of("HEAD~1", sweep, options, temp))
                .hasMessageContaining("-Dktstr.verifier.build");
    }
}
