package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.result.Outcome;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.VariantRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Forks of a real kernel by the {@code kvm} backend. Runs where {@link LabScenarios} does. */
class LabForks {
    @TempDir
    Path temp;

    private Outcome run(String fixture, VariantRun.Body body) {
        Map<String, String> options = Map.of("ktstr.template", "on", "ktstr.template.dir", temp.toString());
        Outcome outcome = Runs.run("LabFixtures#" + fixture, options, body).outcome();
        assertThat(outcome.verdict()).as(ReportText.failure(outcome)).isEqualTo(Verdict.PASS);
        System.out.println("LAB TIME " + fixture + " " + outcome.facts().get("boot") + " "
                + outcome.facts().get("bootNote") + " " + outcome.timings());
        return outcome;
    }

    @Test
    void theSecondGuestIsForkedAndRunsWork() {
        for (int i = 0; i < 3; i++) {
            Outcome outcome = run("two", new LabFixtures()::two);
            assertThat(outcome.facts()).containsEntry("boot", i == 0 ? "cold" : "forked");
        }
    }

    @Test
    void forksOfFourCpusHaveTheirOwnRandomnessTheTimeAndAQuietKernel() {
        List<String> bootIds = new ArrayList<>();
        long[] uptimeMs = {0, 0, 0};
        for (int i = 0; i < 3; i++) {
            int turn = i;
            Outcome outcome = run("four", ctx -> {
                bootIds.add(ctx.guest().readText("/proc/sys/kernel/random/boot_id"));
                String uptime = ctx.guest().readText("/proc/uptime").split(" ", -1)[0];
                uptimeMs[turn] = Math.round(Double.parseDouble(uptime) * 1000);
                assertThat(Files.readString(
                                ((BootedGuest) ctx.guest()).machine().console()))
                        .doesNotContainIgnoringCase("stall")
                        .doesNotContain("clocksource", "lockup", "WARNING");
                return null;
            });
            assertThat(outcome.facts()).containsEntry("boot", i == 0 ? "cold" : "forked");
        }
        assertThat(bootIds).doesNotHaveDuplicates();
        // To a fork no time has passed since the template was saved: the second is no older for having come later.
        assertThat(Math.abs(uptimeMs[2] - uptimeMs[1])).isLessThan(2000);
    }
}
