package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ktstr.Guest;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.GuestFile;
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
import dev.ktstr.vm.bpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The sweep says what the verifier said, and tells schedulers that work from those that do not. */
class VerifyIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    Path temp;

    private static Options options(Map<String, String> own) {
        Options process = Options.ofProcess();
        return new Options(
                name -> own.containsKey(name)
                        ? own.get(name)
                        : process.property().get(name),
                process.environment());
    }

    private static Sweep sweep(Map<String, String> own) {
        Options options = options(own);
        return Sweep.of(
                Registry.load(VerifyIT.class.getClassLoader()), KernelsInForce.find(options), options, Path.of(""));
    }

    @Test
    void figuresAreThoseOfBpftool() throws Exception {
        Cell cell = sweep(Map.of("ktstr.scheduler", "scx-ktstr", "ktstr.presets", "tiny-1llc"))
                .cells()
                .get(0);
        try (SchedulerGuest guest = SchedulerGuest.boot(cell.variant(), options(Map.of()), Path.of(""), temp)) {
            guest.start(cell.variant());
            List<GuestFile> files = new ArrayList<>();
            for (ElfClosure.Entry entry : ElfClosure.of(bpftool(), List.of())) {
                files.add(GuestFile.of(entry.guestPath(), 0755, entry.hostPath()));
            }
            guest.guest().session().send(files, LIMIT);
            Map<Integer, JsonNode> shown = new LinkedHashMap<>();
            Guest.Exec ended = guest.guest().exec(List.of(files.get(0).path(), "--json", "prog", "show"), LIMIT);
            assertThat(ended.exitCode()).as(ended.output()).isZero();
            new ObjectMapper()
                    .readTree(ended.output())
                    .forEach(program -> shown.put(program.path("id").asInt(), program));
            List<BpfProgram> own = guest.kernel().bpf().programs().stream()
                    .filter(p -> p.name().startsWith("ktstr_"))
                    .toList();
            assertThat(own).hasSize(5);
            assertThat(own).allSatisfy(program -> {
                JsonNode truth = shown.get(program.id());
                assertThat(truth).as(program.name()).isNotNull();
                assertThat(program.translatedInsns() * 8)
                        .isGreaterThanOrEqualTo(truth.path("bytes_xlated").asInt());
                assertThat(program.jitedBytes())
                        .hasValue(truth.path("bytes_jited").asLong());
                assertThat(program.verifiedInsns()).hasValue(verified(guest, program.id()));
            });
            assertThat(guest.stop()).isEmpty();
        }
    }

    /** The distribution's bpftool may be older than this figure; what it would show it reads from here. */
    private static long verified(SchedulerGuest guest, int id) {
        for (int pid = 1; pid < 4096; pid++) {
            for (int fd = 3; fd < 32; fd++) {
                String info;
                try {
                    info = guest.guest().readText("/proc/" + pid + "/fdinfo/" + fd);
                } catch (RuntimeException e) {
                    continue; // no such process, or no such descriptor
                }
                if (info.contains("prog_id:\t" + id + "\n") && info.contains("verified_insns:")) {
                    String from = info.substring(info.indexOf("verified_insns:") + "verified_insns:".length());
                    return Long.parseLong(from.lines().findFirst().orElseThrow().strip());
                }
            }
        }
        throw new AssertionError("no process of the guest has program " + id);
    }

    private static Path bpftool() {
        return Stream.of("/usr/sbin/bpftool", "/usr/bin/bpftool", "/sbin/bpftool")
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aSweepTellsWhatWorksFromWhatDoesNot() {
        Sweep sweep = sweep(
                Map.of("ktstr.scheduler", "scx-ktstr,scx-refused,scx-long,scx-exit", "ktstr.presets", "tiny-1llc"));
        List<CellResult> results = sweep.run(temp, result -> {});
        assertThat(results)
                .extracting(r -> r.cell().schedulerName() + " " + r.status())
                .containsExactly("scx-exit PASS", "scx-ktstr PASS", "scx-long PASS", "scx-refused FAIL");

        CellResult plain = results.get(1);
        assertThat(plain.programs()).extracting(ProgramCost::name).contains("ktstr_dispatch", "ktstr_enqueue");
        assertThat(plain.programs()).allMatch(p -> p.verifiedInsns().orElseThrow() > 0);
        assertThat(plain.warnings()).isEmpty();
        assertThat(plain.timingsMs().get("look") + plain.timingsMs().get("stop"))
                .as("what a cell takes beside boot and load: %s", plain.timingsMs())
                .isLessThan(5000);

        CellResult near = results.get(2);
        assertThat(near.warnings()).singleElement().asString().contains("ktstr_dispatch", "instructions verified");

        CellResult refused = results.get(3);
        assertThat(refused.reasons().get(0))
                .startsWith("the verifier refused ktstr_dispatch: ")
                .contains("out of bounds");
        VerifierLog log = refused.logs().get(0);
        assertThat(log.lines().size()).isGreaterThan(400);
        assertThat(log.collapsed().size()).isLessThan(60);
        assertThat(log.stats().orElseThrow().processed()).isGreaterThan(400);
        assertThat(String.join("\n", new SweepText(false, false).cell(refused)))
                .contains("FAIL", "processed=", "20 rounds of instructions");
        assertThat(new SweepText(false, false).summary(results))
                .anyMatch(line -> line.startsWith("verifier sweep: 4 cells, 3 pass, 1 fail, 0 skip"));
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
        Figures other = Baseline.of(real.toString(), sweep, options(own), Path.of(""))
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
