package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Ctx;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.VariantRun;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests that are forked from a template: that they are, that they cannot tell, and what happens when it goes wrong. */
class TemplateIT {
    private static Path truth;

    @TempDir
    Path temp;

    @BeforeAll
    static void buildTruth(@TempDir Path folder) throws Exception {
        truth = Tools.compile("truth", folder);
    }

    private Outcome run(String fixture, Map<String, String> more, VariantRun.Body body) {
        Map<String, String> options =
                new HashMap<>(Map.of("ktstr.template.dir", temp.toString(), "ktstr.template", "on"));
        options.putAll(more);
        Outcome outcome = Runs.run(fixture, options, body).outcome();
        assertThat(outcome.details()).isEmpty();
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        return outcome;
    }

    private Outcome run(VariantRun.Body body) {
        return run("boots4", Map.of(), body);
    }

    private static Object way(Outcome outcome) {
        return outcome.facts().get("boot");
    }

    private List<Path> templates() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("templates"))) {
            return files.filter(f -> f.toString().endsWith(".template")).toList();
        }
    }

    /** What a program in the guest sees. */
    static Map<String, String> look(Ctx ctx) throws IOException {
        ((BootedGuest) ctx.guest())
                .session()
                .send(List.of(GuestFile.of("/tmp/truth", 0755, Files.readAllBytes(truth))), Duration.ofSeconds(30));
        Map<String, String> seen = new HashMap<>();
        ctx.guest()
                .exec(List.of("/tmp/truth"), Duration.ofSeconds(30))
                .output()
                .lines()
                .forEach(line -> seen.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1)));
        seen.put("boot_id", ctx.guest().readText("/proc/sys/kernel/random/boot_id"));
        return seen;
    }

    @Test
    void theFirstVariantBootsTheNextIsForkedAndBothSaySo() throws IOException {
        Outcome first = run(ctx -> null);
        assertThat(way(first)).isEqualTo("cold");
        assertThat(first.timings()).containsKey("template");
        assertThat(templates()).hasSize(1);
        Outcome second = run(ctx -> {
            assertThat(ctx.topo().llcs()).hasSize(2);
            assertThat(ctx.guest().readText("/sys/devices/system/cpu/online")).isEqualTo("0-3");
            assertThat(ctx.guest().readText("/sys/fs/cgroup/cgroup.procs")).isNotBlank();
            return null;
        });
        assertThat(way(second)).isEqualTo("forked");
        assertThat(second.facts()).doesNotContainKey("bootNote");
        assertThat(Files.readString(second.sidecar().orElseThrow())).contains("\"boot\" : \"forked\"");
        assertThat(second.timings().get("boot")).isLessThan(first.timings().get("boot"));
        assertThat(templates()).hasSize(1);
    }

    @Test
    void aForkKnowsTheTimeAndItsOtherClocksGoOn() throws IOException {
        long[] saved = {0};
        run(ctx -> {
            saved[0] = ((BootedGuest) ctx.guest()).session().hello().bootNs();
            return null;
        });
        // Host time passes that no fork may see: another guest boots meanwhile.
        long from = System.nanoTime();
        run("boots", Map.of(), ctx -> null);
        long gap = System.nanoTime() - from;
        assertThat(gap).isGreaterThan(500_000_000);
        long forking = System.nanoTime();
        Outcome forked = run(ctx -> {
            Map<String, String> seen = look(ctx);
            Instant real = Instant.ofEpochSecond(0, Long.parseLong(seen.get("real")));
            assertThat(Duration.between(real, Instant.now()).abs()).isLessThan(Duration.ofSeconds(2));
            long monotonic = Long.parseLong(seen.get("monotonic"));
            assertThat(monotonic)
                    .isBetween(saved[0] - 1_000_000_000, saved[0] + (System.nanoTime() - forking) + 100_000_000);
            assertThat(Long.parseLong(seen.get("boot")) - monotonic).isBetween(0L, 1_000_000_000L);
            assertThat(ticksOf(ctx.guest().readText("/proc/interrupts")))
                    .as("timer interrupts of a CPU in %d ms", monotonic / 1_000_000)
                    .allSatisfy(ticks -> assertThat(ticks).isLessThan(monotonic / 1_000_000 + 100));
            assertThat(Files.readString(((BootedGuest) ctx.guest()).machine().console()))
                    .doesNotContainIgnoringCase("stall")
                    .doesNotContain("clocksource", "lockup", "WARNING");
            return null;
        });
        assertThat(way(forked)).isEqualTo("forked");
    }

    /** Local timer interrupts by CPU. */
    private static List<Long> ticksOf(String interrupts) {
        String line = interrupts
                .lines()
                .filter(l -> l.strip().startsWith("LOC:"))
                .findFirst()
                .orElseThrow();
        return Stream.of(line.strip().split("\\s+"))
                .filter(word -> word.matches("\\d+"))
                .map(Long::valueOf)
                .toList();
    }

    @Test
    void noTwoForksGetTheSameRandomnessUnlessAskedFor() {
        List<Map<String, String>> seen = new ArrayList<>();
        VariantRun.Body body = ctx -> {
            seen.add(look(ctx));
            return null;
        };
        for (int i = 0; i < 4; i++) {
            assertThat(way(run(body))).isEqualTo(i == 0 ? "cold" : "forked");
        }
        for (String what : List.of("random", "auxv", "stack", "boot_id")) {
            assertThat(seen).extracting(m -> m.get(what)).as(what).doesNotHaveDuplicates();
        }
    }

    @Test
    void aSchedulerRunsInAForkAsInABootedGuest() {
        for (int i = 0; i < 2; i++) {
            Outcome outcome = run("confined", Map.of(), new Fixtures()::confined);
            assertThat(way(outcome)).isEqualTo(i == 0 ? "cold" : "forked");
            assertThat(outcome.stats())
                    .singleElement()
                    .satisfies(cgroup -> assertThat(cgroup.workers())
                            .allSatisfy(worker -> assertThat(worker.workUnits()).isPositive()));
        }
    }

    @Test
    void theWatchdogFindsAStallInAForkToo() {
        run("boots2", Map.of(), ctx -> null);
        VariantRun.Ended ended = Runs.run(
                "stalls",
                Map.of("ktstr.template", "on", "ktstr.template.dir", temp.toString()),
                ctx -> new Fixtures().stalls(ctx));
        assertThat(way(ended.outcome())).isEqualTo("forked");
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.FAIL);
        assertThat(String.join("\n", ended.outcome().details())).contains("scheduler process died unexpectedly");
    }

    @Test
    void aDamagedTemplateIsNotUsedAndMadeAnew() throws IOException {
        run(ctx -> null);
        Path template = templates().get(0);
        try (RandomAccessFile file = new RandomAccessFile(template.toFile(), "rw")) {
            file.seek(file.length() / 2);
            int old = file.read();
            file.seek(file.length() / 2);
            file.write(old ^ 1);
        }
        Outcome outcome = run(ctx -> null);
        assertThat(way(outcome)).isEqualTo("cold");
        assertThat(outcome.facts().get("bootNote"))
                .asString()
                .contains("a fork failed, the guest is booted instead")
                .contains("checksum");
        assertThat(way(run(ctx -> null))).isEqualTo("forked");
        assertThat(Children.qemu()).isEmpty();
    }

    @Test
    void twoVariantsOfOneKindAtOnceBootOnceAndTheSecondIsForked() throws Exception {
        Map<String, String> two = Map.of("ktstr.parallel", "2");
        CompletableFuture<Outcome> one = CompletableFuture.supplyAsync(
                () -> run("boots4", two, ctx -> null), task -> new Thread(task, "variant-1").start());
        CompletableFuture<Outcome> other = CompletableFuture.supplyAsync(
                () -> run("clearedCpuset", two, ctx -> null), task -> new Thread(task, "variant-2").start());
        assertThat(List.of(way(one.get(3, TimeUnit.MINUTES)), way(other.get(3, TimeUnit.MINUTES))))
                .containsExactlyInAnyOrder("cold", "forked");
        assertThat(templates()).hasSize(1);
    }

    @Test
    void switchedOffEveryGuestBootsAndNothingIsKept() {
        for (int i = 0; i < 2; i++) {
            assertThat(way(run("boots", Map.of("ktstr.template", "off"), ctx -> null)))
                    .isEqualTo("cold");
        }
        assertThat(temp).isEmptyDirectory();
    }

    @Test
    void aFullFileSystemCostsTheTemplateAndNothingElse() throws Exception {
        Path tiny = Files.createDirectory(temp.resolve("tiny"));
        BootIT.command("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", tiny.toString());
        try {
            // The default budget is a share of what is free; here it is named, so that the file system is what is full.
            Outcome outcome = run(
                    "boots",
                    Map.of("ktstr.template.dir", tiny.toString(), "ktstr.template.budget", "500"),
                    ctx -> null);
            assertThat(way(outcome)).isEqualTo("cold");
            assertThat(outcome.facts().get("bootNote")).asString().contains("no template was made");
            try (Stream<Path> files = Files.list(tiny.resolve("templates"))) {
                assertThat(files.filter(Files::isRegularFile)).isEmpty();
            }
        } finally {
            BootIT.command("umount", tiny.toString());
        }
    }

    /** A JVM that is killed while it saves a template. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] args) {
            Path folder = Path.of(args[0], "templates");
            Thread watcher = new Thread(
                    () -> {
                        while (true) {
                            try (Stream<Path> files = Files.list(folder)) {
                                if (files.anyMatch(f -> f.toString().endsWith(".part"))) {
                                    Runtime.getRuntime().halt(9);
                                }
                            } catch (IOException e) {
                                Thread.onSpinWait();
                            }
                        }
                    },
                    "watcher");
            watcher.setDaemon(true);
            watcher.start();
            Runs.run("boots4", Map.of("ktstr.template.dir", args[0], "ktstr.template", "on"), ctx -> null);
        }
    }

    @Test
    void whatAJvmKilledWhileItSavedLeftIsCollectedByTheNextRun() throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.startsWith("ktstr."))
                .forEach(name -> command.add("-D" + name + "=" + System.getProperty(name)));
        command.addAll(List.of(Victim.class.getName(), temp.toString()));
        Process victim = new ProcessBuilder(command).inheritIO().start();
        assertThat(victim.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(victim.exitValue()).isEqualTo(9);
        assertThat(names()).anyMatch(name -> name.endsWith(".part"));
        assertThat(way(run(ctx -> null))).isEqualTo("cold");
        assertThat(names()).noneMatch(name -> name.endsWith(".part"));
        assertThat(way(run(ctx -> null))).isEqualTo("forked");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(temp.resolve("templates"))) {
            return files.map(f -> f.getFileName().toString()).toList();
        }
    }
}
