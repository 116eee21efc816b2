package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.SchedulerGuest;
import dev.ktstr.verify.Baseline;
import dev.ktstr.verify.Cell;
import dev.ktstr.verify.CellResult;
import dev.ktstr.verify.Comparison;
import dev.ktstr.verify.Figures;
import dev.ktstr.verify.ProgramCost;
import dev.ktstr.verify.Sweep;
import dev.ktstr.verify.SweepText;
import dev.ktstr.verify.VerifierLog;
import dev.ktstr.verify.VerifierStats;
import dev.ktstr.vm.bpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sweep says what the verifier said, and tells schedulers that work from those that do not. */
class VerifyIT {
    @TempDir
    Path temp;

    private static Sweep sweep(Map<String, String> own) {
        Options options = Runs.options(own);
        return Sweep.of(
                Registry.load(VerifyIT.class.getClassLoader()), KernelsInForce.find(options), options, Path.of(""));
    }

    @Test
    void figuresAreThoseOfBpftool() throws Exception {
        Cell cell = sweep(Map.of("ktstr.scheduler", "scx-ktstr", "ktstr.presets", "tiny-1llc"))
                .cells()
                .get(0);
        try (SchedulerGuest guest = SchedulerGuest.boot(cell.variant(), Runs.options(Map.of()), Path.of(""), temp)) {
            guest.start(cell.variant());
            List<BpfProgram> own = guest.kernel().bpf().programs().stream()
                    .filter(p -> p.name().startsWith("ktstr_"))
                    .toList();
            assertThat(own).hasSize(5);
            Bpftool.agrees(guest.guest(), "scx-ktstr", own);
            assertThat(guest.stop()).isEmpty();
        }
    }

    @Test
    void aSweepTellsWhatWorksFromWhatDoesNot() {
        Sweep sweep = sweep(
                Map.of("ktstr.scheduler", "scx-ktstr,scx-long,scx-refused,scx-fail", "ktstr.presets", "tiny-1llc"));
        List<CellResult> results = sweep.run(temp, result -> {});
        assertThat(results)
                .extracting(r -> r.cell().schedulerName() + " " + r.status())
                .containsExactly("scx-ktstr PASS", "scx-long PASS", "scx-refused FAIL", "scx-fail FAIL");

        CellResult plain = results.get(0);
        assertThat(plain.programs()).extracting(ProgramCost::name).contains("ktstr_dispatch", "ktstr_enqueue");
        assertThat(plain.programs()).allMatch(p -> p.verifiedInsns().orElseThrow() > 0);
        assertThat(plain.warnings()).isEmpty();
        assertThat(plain.timingsMs()).containsKeys("boot", "load", "look", "stop", "total");

        CellResult near = results.get(1);
        assertThat(near.warnings()).singleElement().asString().contains("ktstr_dispatch", "instructions verified");

        CellResult refused = results.get(2);
        assertThat(refused.reasons().get(0))
                .startsWith("the verifier refused ktstr_dispatch: ")
                .contains("out of bounds");
        assertThat(results.get(3).reasons().get(0)).contains("exited with code 3", "by --fail-at-start");
        VerifierLog log = refused.logs().get(0);
        assertThat(log.lines().size()).isGreaterThan(400);
        assertThat(log.collapsed().size()).isLessThan(60);
        assertThat(log.stats().orElseThrow().processed()).isGreaterThan(400);
        assertThat(String.join("\n", new SweepText(false, false).cell(refused)))
                .contains("FAIL", "processed=", "20 rounds of instructions");
        assertThat(new SweepText(false, false).summary(results))
                .anyMatch(line -> line.startsWith("verifier sweep: 4 cells, 2 pass, 2 fail, 0 skip"));
    }

    /** The verifier's longest walk takes its time in an emulated guest, and libbpf has it walk again for the log. */
    @Test
    void aSchedulerThatDoesNotAttachInTimeMayStillBeInTheVerifier() {
        CellResult result = sweep(Map.of(
                        "ktstr.scheduler", "scx-no-attach",
                        "ktstr.presets", "tiny-1llc",
                        "ktstr.attach.timeout", "2"))
                .run(temp, each -> {})
                .get(0);
        assertThat(result.reason()).contains("did not attach within").doesNotContain("Its output");
        assertThat(result.reasons().get(1)).contains("up to 1000000 instructions", "-Dktstr.attach.timeout=SECONDS");
    }

    @Test
    void statesAreThereWhereASchedulerPrintsItsLogs() {
        Sweep sweep = sweep(Map.of("ktstr.scheduler", "scx-logs", "ktstr.presets", "tiny-1llc"));
        CellResult result = sweep.run(temp, each -> {}).get(0);
        assertThat(result.status()).as("%s", result.reasons()).isEqualTo(CellResult.Status.PASS);
        assertThat(result.logs()).hasSize(5).noneMatch(VerifierLog::refused);
        assertThat(result.programs()).hasSize(5).allSatisfy(program -> {
            VerifierStats stats = result.logs().stream()
                    .filter(log -> log.program().equals(program.name()))
                    .findFirst()
                    .flatMap(VerifierLog::stats)
                    .orElseThrow();
            assertThat(program.verifiedInsns()).hasValue(stats.processed());
            assertThat(program.totalStates()).hasValue(stats.totalStates());
            assertThat(program.peakStates()).hasValue(stats.peakStates());
        });
        assertThat(new SweepText(false, false).cell(result))
                .hasSize(6)
                .anyMatch(line ->
                        line.matches(".*ktstr_dispatch +verified_insns=\\d+ +states=\\d+ +peak_states=\\d+ .*"));
    }

    @Test
    void aBuildOfTwoSchedulersOnTwoKernelsEndsWithTheGridOfTheSweep() throws Exception {
        String newer =
                ObservedGuest.image(Optional.empty(), Options.ofProcess()).label();
        String older =
                ObservedGuest.image(Optional.of("6.12"), Options.ofProcess()).label();
        Path project = Mvn.sample("20-verify", temp.resolve("20-verify"));
        String out = Mvn.run(
                project,
                temp.resolve("verify.log"),
                Duration.ofMinutes(9),
                "verify",
                "-Dktstr.kernel=" + newer + "," + older,
                "-Dktstr.scheduler.path=" + System.getProperty("ktstr.scheduler.path"));
        List<String> lines =
                out.lines().map(line -> line.replaceFirst("^\\[INFO] ?", "")).toList();
        int summary = lines.indexOf("verifier sweep: 8 cells, 8 pass, 0 fail, 0 skip");
        assertThat(summary).as(out).isPositive();
        assertThat(lines.subList(summary + 2, summary + 7))
                .extracting(line -> line.replaceAll(" +", " ").strip())
                .containsExactly(
                        "tiny-1llc smt-2llc",
                        "scx-ktstr " + newer + " pass pass",
                        "scx-ktstr " + older + " pass pass",
                        "scx-loop " + newer + " pass pass",
                        "scx-loop " + older + " pass pass");
        assertThat(lines.subList(summary, lines.size())).noneMatch(line -> line.startsWith("verifier scx-"));
        JsonNode cells = new ObjectMapper()
                .readTree(project.resolve("target/ktstr/verifier/verifier.json").toFile())
                .path("cells");
        assertThat(cells).hasSize(8);
        comparedWithAnEarlierSweepTheSummaryStillComesLast(project, newer);
    }

    private void comparedWithAnEarlierSweepTheSummaryStillComesLast(Path project, String kernel) throws Exception {
        Path earlier = Files.copy(project.resolve("target/ktstr/verifier/verifier.json"), temp.resolve("earlier.json"));
        List<String> lines = Mvn.run(
                        project,
                        temp.resolve("compared.log"),
                        Duration.ofMinutes(3),
                        "ktstr:verify",
                        "-Dktstr.kernel=" + kernel,
                        "-Dktstr.scheduler=scx-loop",
                        "-Dktstr.presets=tiny-1llc",
                        "-Dktstr.verifier.against=" + earlier,
                        "-Dktstr.scheduler.path=" + System.getProperty("ktstr.scheduler.path"))
                .lines()
                .map(line -> line.replaceFirst("^\\[INFO] ?", ""))
                .toList();
        assertThat(lines)
                .containsSubsequence(
                        "compared with " + earlier + " (unknown):",
                        "  5 programs are the same",
                        "verifier sweep: 1 cell, 1 pass, 0 fail, 0 skip");
    }

    @Test
    void schedulersShareAGuestWhenAsked() throws IOException {
        Sweep sweep = sweep(Map.of(
                "ktstr.scheduler", "scx-ktstr,scx-long",
                "ktstr.presets", "tiny-1llc",
                "ktstr.verifier.shareVm", "true"));
        List<CellResult> results = sweep.run(temp, result -> {});
        assertThat(results).allMatch(r -> r.status() == CellResult.Status.PASS);
        assertThat(results.get(0).timingsMs()).containsKey("boot");
        assertThat(results.get(1).timingsMs()).doesNotContainKey("boot");
        assertThat(insns(results.get(1))).isGreaterThan(insns(results.get(0)) + 700_000);
    }

    @Test
    void anotherProgramOfASchedulerIsComparedWithThisOne() throws IOException {
        // The other program is the same with another argument put in.
        Path real = Stream.of(System.getProperty("ktstr.scheduler.path").split(":", -1))
                .map(folder -> Path.of(folder).resolve("scx-ktstr"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
        Map<String, String> own = Map.of("ktstr.scheduler", "scx-ktstr", "ktstr.presets", "tiny-1llc");
        Sweep sweep = sweep(own);
        List<CellResult> results = sweep.run(temp, result -> {});
        Figures other = Baseline.of(real.toString(), sweep, Runs.options(own), Path.of(""))
                .figures(temp.resolve("against"), result -> {});
        assertThat(new Comparison(other, Figures.of("now", results)).lines()).contains("  5 programs are the same");
    }

    private static long insns(CellResult result) {
        return result.programs().stream()
                .filter(p -> p.name().equals("ktstr_dispatch"))
                .findFirst()
                .orElseThrow()
                .verifiedInsns()
                .orElseThrow();
    }
}
