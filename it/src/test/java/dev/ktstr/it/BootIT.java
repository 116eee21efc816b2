package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.guest.CpioWriter;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.Boot;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.RunException;
import dev.ktstr.run.Variant;
import dev.ktstr.run.VariantRun;
import dev.ktstr.vm.Backends;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Boots that work, and each way in which one does not. */
class BootIT {
    @TempDir
    Path temp;

    private static Outcome failed(VariantRun.Ended ended) {
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.FAIL);
        return ended.outcome();
    }

    @Test
    void aGuestShowsTwoNodesFourCachesAndSmtAsAsked() {
        VariantRun.Ended ended = Runs.run("bootsTwoNodes", ctx -> {
            assertThat(ctx.topo().llcs()).hasSize(4);
            assertThat(ctx.topo().llcs().get(2).cpus()).containsExactly(8, 9, 10, 11);
            assertThat(ctx.topo().nodes().get(1).cpus()).hasSize(8);
            assertThat(ctx.topo().nodes().get(0).distances()).containsExactly(10, 20);
            assertThat(ctx.guest().readText("/sys/devices/system/cpu/cpu5/topology/thread_siblings_list"))
                    .isEqualTo("4-5");
            return null;
        });
        assertThat(ended.outcome().details()).isEmpty();
    }

    @Test
    void aCorruptImageIsRefusedBeforeAnythingBoots() throws IOException {
        Path image = Files.write(temp.resolve("bzImage"), new byte[1 << 20]);
        VariantRun.Ended ended = Runs.run("boots", Map.of("ktstr.kernel", image.toString()), ctx -> null);
        assertThat(failed(ended).details().get(0)).contains(image.toString());
        assertThat(ended.setupFailed()).isTrue();
    }

    @Test
    void aKernelThatIsNotThereNamesWhatWasLookedAtAndTheCure() {
        VariantRun.Ended ended = Runs.run("boots", Map.of("ktstr.kernel", "99.99.99"), ctx -> null);
        assertThat(failed(ended).details().get(0)).contains("99.99.99").contains("mvn ktstr:kernel-build");
    }

    @Test
    void aGuestLargerThanTheHostIsRefusedBeforeItStarts() {
        VariantRun.Ended ended = Runs.run("asksForAPetabyte", ctx -> null);
        assertThat(failed(ended).details().get(0)).containsIgnoringCase("memory");
        assertThat(ended.setupFailed()).isTrue();
    }

    @Test
    void aSilentGuestIsGivenUpInBoundedTimeWithItsConsole() {
        VariantRun.Ended ended =
                Runs.run("boots", Map.of("ktstr.boot.timeout", "1", "ktstr.template", "off"), ctx -> null);
        Outcome outcome = failed(ended);
        assertThat(outcome.details().get(0)).contains("hello");
        assertThat(ReportText.failure(outcome)).contains("--- diagnostics ---", "stage: boot", "console, last");
    }

    @Test
    void aPanicAtBootEndsTheBootAtOnceWithItsOwnLine() throws IOException {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        new CpioWriter(archive).finish();
        Path nothing = Files.write(temp.resolve("empty.cpio"), archive.toByteArray());
        Variant variant = new Variant(
                Registry.load(BootIT.class.getClassLoader()).test("dev.ktstr.it.Fixtures#boots"),
                KernelDiscovery.standard().find(null));
        Boot boot = new Boot(Backends.select(null), Options.ofProcess());
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> boot.boot(variant, nothing, temp, machine -> {}))
                .withMessageContaining("the guest kernel panicked: ")
                .satisfies(e -> assertThat(e.guest()).isTrue());
        assertThat(Children.qemu()).isEmpty();
    }

    @Test
    void aPanicIsNamedWithItsOwnLine() {
        VariantRun.Ended ended = Runs.run("boots", ctx -> {
            ctx.guest().writeText("/proc/sysrq-trigger", "c");
            return new Fixtures().runsForAMinute(ctx);
        });
        Outcome outcome = failed(ended);
        assertThat(outcome.details().get(0)).contains("the guest kernel panicked: ", "sysrq triggered crash");
        assertThat(outcome.sections().get("diagnostics")).contains("guest end: PANIC");
    }

    @Test
    void aFullDiskFailsTheRunAndLeavesNoHalfResult() throws Exception {
        Path tiny = Files.createDirectory(temp.resolve("tiny"));
        command("mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", tiny.toString());
        try {
            Files.write(tiny.resolve("filler"), new byte[8 << 10]);
            VariantRun.Ended ended =
                    Runs.run("confined", Map.of("ktstr.sidecar.dir", tiny.toString()), new Fixtures()::confined);
            assertThat(failed(ended).details())
                    .anySatisfy(
                            line -> assertThat(line).contains(tiny.toString()).contains("No space left on device"));
            assertThat(Children.qemu()).isEmpty();
            try (Stream<Path> files = Files.walk(tiny)) {
                assertThat(files.map(path -> path.getFileName().toString()))
                        .noneMatch(name -> name.endsWith(".tmp") || name.endsWith(".json"));
            }
        } finally {
            command("umount", tiny.toString());
        }
    }

    static void command(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
    }

    @Test
    void aKilledQemuFailsTheRunAtOnceAndSaysSo() {
        VariantRun.Ended ended = Runs.run("runsForAMinute", ctx -> {
            Children.qemu().forEach(ProcessHandle::destroyForcibly);
            return new Fixtures().runsForAMinute(ctx);
        });
        assertThat(failed(ended).details().get(0)).contains("the virtual machine failed");
        assertThat(ended.outcome().timings().get("scenario")).isLessThan(30_000);
    }
}
