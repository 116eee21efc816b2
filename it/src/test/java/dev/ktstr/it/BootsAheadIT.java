package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.BootsAhead;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Shape;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done for variants while others run: templates are booted, and the next guest is made ready. */
class BootsAheadIT {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Machines at once: places are the host's, so that other processes of this user may have some. */
    private static final String MANY = "8";

    @TempDir
    Path temp;

    @BeforeAll
    static void buildTruth(@TempDir Path folder) throws Exception {
        TemplateIT.buildTruth(folder);
    }

    @AfterEach
    void nothingRuns() {
        assertThat(Children.qemu()).isEmpty();
    }

    private Map<String, String> options(String parallel) {
        return Map.of(
                "ktstr.template",
                "on",
                "ktstr.template.dir",
                temp.toString(),
                "ktstr.sidecar.dir",
                temp.resolve("runs").toString(),
                "ktstr.parallel",
                parallel);
    }

    private BootsAhead start(String parallel, String... fixtures) {
        Map<String, String> ours = options(parallel);
        Options options = Runs.options(ours);
        Registry registry = Registry.load(BootsAheadIT.class.getClassLoader());
        return BootsAhead.start(
                        Stream.of(fixtures)
                                .map(name -> new BootsAhead.Coming(
                                        Shape.base(registry.test("dev.ktstr.it.Fixtures#" + name)), Optional.empty()))
                                .toList(),
                        options,
                        Path.of(""))
                .orElseThrow();
    }

    private Outcome run(String fixture, String parallel, VariantRun.Body body) {
        Outcome outcome = Runs.run(fixture, options(parallel), body).outcome();
        assertThat(outcome.details()).isEmpty();
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        return outcome;
    }

    private int templates() {
        try (Stream<Path> files = Files.list(temp.resolve("templates"))) {
            return (int) files.filter(f -> f.toString().endsWith(".template")).count();
        } catch (IOException e) {
            return 0;
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("waiting for %s", what).isLessThan(deadline);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
    }

    private void awaitNextGuest() {
        await("the next template", () -> templates() == 2);
        await(
                "the next guest",
                () -> Children.qemu().size() == 2 && files("next-").contains("console.log"));
    }

    /** Names of the files in the folder of a guest that is made ready. */
    private List<String> files(String prefix) {
        try (Stream<Path> files = Files.walk(temp.resolve("runs/ahead"))) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> f.getParent().getFileName().toString().startsWith(prefix))
                    .map(f -> f.getFileName().toString())
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    @Test
    void whileAVariantRunsTheTemplateOfTheNextKindIsMadeAndTheNextGuestForkedAndWarmed() {
        Map<String, Map<String, String>> seen = new HashMap<>();
        try (BootsAhead ahead = start(MANY, "boots", "boots4", "boots4")) {
            ahead.reached(0);
            Outcome first = run("boots", MANY, ctx -> {
                awaitNextGuest();
                // Time passes in which the guest that is ready stands still.
                Map<String, String> off = new HashMap<>(options(MANY));
                off.put("ktstr.template", "off");
                assertThat(Runs.run("boots2", off, other -> null).outcome().verdict())
                        .isEqualTo(Verdict.PASS);
                return null;
            });
            assertThat(first.facts()).containsEntry("boot", "cold").doesNotContainKey("bootAhead");
            for (int i = 1; i <= 2; i++) {
                String name = "variant " + i;
                Path[] console = new Path[1];
                ahead.reached(i);
                Outcome next = run("boots4", MANY, ctx -> {
                    assertThat(ctx.topo().llcs()).hasSize(2);
                    seen.put(name, TemplateIT.look(ctx));
                    console[0] = ((BootedGuest) ctx.guest()).machine().console();
                    Instant real = Instant.ofEpochSecond(
                            0, Long.parseLong(seen.get(name).get("real")));
                    assertThat(Duration.between(real, Instant.now()).abs()).isLessThan(Duration.ofSeconds(1));
                    return null;
                });
                assertThat(next.facts()).containsEntry("boot", "forked").doesNotContainKey("bootNote");
                if (i == 1) {
                    assertThat(next.facts()).containsEntry("bootAhead", true);
                    assertThat(next.timings().get("warm")).isNull();
                    assertThat(console[0])
                            .isNotEmptyFile()
                            .asString()
                            .startsWith(temp.resolve("runs").toString())
                            .doesNotContain("/ahead/");
                }
            }
        }
        for (String what : List.of("random", "auxv", "boot_id")) {
            assertThat(seen.get("variant 1").get(what))
                    .as(what)
                    .isNotEqualTo(seen.get("variant 2").get(what));
        }
    }

    @Test
    void whereOneMachineRunsAtATimeNothingIsDoneAhead() {
        try (BootsAhead ahead = start("1", "boots", "boots4")) {
            ahead.reached(0);
            run("boots", "1", ctx -> null);
            ahead.reached(1);
            assertThat(run("boots4", "1", ctx -> null).facts())
                    .containsEntry("boot", "cold")
                    .doesNotContainKey("bootAhead");
        }
        assertThat(temp.resolve("runs/ahead")).doesNotExist();
    }

    @Test
    void theEndOfTheRunEndsWhatIsUnderWay() {
        BootsAhead ahead = start(MANY, "boots", "boots4");
        ahead.reached(0);
        run("boots", MANY, ctx -> {
            await("a guest beside this one", () -> Children.qemu().size() == 2);
            ahead.close();
            assertThat(Children.qemu()).hasSize(1);
            return null;
        });
    }

    @Test
    void aReadyGuestThatDiesIsReplacedByAnotherFork() {
        try (BootsAhead ahead = start(MANY, "boots", "boots4")) {
            ahead.reached(0);
            run("boots", MANY, ctx -> {
                await("the next template", () -> templates() == 2);
                // This one was booted. As who needs the other would, wait until it is ready.
                ProcessHandle ready = Children.awaitStillFork(ctx.guest(), Duration.ofMillis(500));
                ready.destroyForcibly();
                Children.awaitDeath(ready);
                return null;
            });
            ahead.reached(1);
            Outcome next = run("boots4", MANY, ctx -> null);
            assertThat(next.facts()).containsEntry("boot", "forked").doesNotContainKey("bootAhead");
            assertThat(next.facts().get("bootNote")).asString().contains("made ready ahead failed");
        }
    }
}
