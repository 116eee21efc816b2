package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.SchedulerGuest;
import dev.ktstr.verify.Cell;
import dev.ktstr.verify.CellResult;
import dev.ktstr.verify.Sweep;
import dev.ktstr.vm.bpf.BpfProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The kernel's own example schedulers go through the sweep. They are built from the distribution's sources of 6.12, and attach to a
 * 6.12 only, the one that the kernel build leaves in the cache.
 */
class KernelToolsIT {
    private static final String SERIES = "6.12";
    private static final Path SOURCE = Path.of("/usr/src/linux-source-6.12.tar.xz");
    private static final Duration LIMIT = Duration.ofMinutes(6);

    /** What of the sources the tools need. */
    private static final List<String> PARTS = List.of(
            "Makefile",
            "include/uapi",
            "kernel/bpf",
            "scripts",
            "tools/arch",
            "tools/bpf",
            "tools/build",
            "tools/include",
            "tools/lib",
            "tools/scripts",
            "tools/sched_ext");

    @TempDir
    Path temp;

    @Test
    void simpleAndQmapAreLoadedAndTheirFiguresAreThoseOfBpftool() throws Exception {
        KernelImage kernel = older();
        Path programs = built(kernel);
        Map<String, String> own = Map.of(
                "ktstr.scheduler", "scx-simple,scx-qmap",
                "ktstr.presets", "tiny-1llc",
                "ktstr.scheduler.path", programs.toString());
        Options options = Runs.options(own);
        Sweep sweep = Sweep.of(
                Registry.load(KernelToolsIT.class.getClassLoader()),
                KernelsInForce.of(List.of(kernel)),
                options,
                Path.of(""));
        assertThat(sweep.run(temp.resolve("cells"), result -> {})).hasSize(2).allSatisfy(result -> {
            assertThat(result.status()).as("%s", result.reasons()).isEqualTo(CellResult.Status.PASS);
            assertThat(result.programs()).hasSizeGreaterThan(4);
        });
        for (Cell cell : sweep.cells()) {
            Path folder = Files.createDirectories(temp.resolve(cell.schedulerName()));
            try (SchedulerGuest guest = SchedulerGuest.boot(cell.variant(), options, Path.of(""), folder)) {
                Set<Integer> before = guest.kernel().bpf().programs().stream()
                        .map(BpfProgram::id)
                        .collect(Collectors.toSet());
                guest.start(cell.variant());
                List<BpfProgram> loaded = guest.kernel().bpf().programs().stream()
                        .filter(p -> !before.contains(p.id()))
                        .toList();
                Bpftool.agrees(guest.guest(), cell.schedulerName().replace('-', '_'), loaded);
                assertThat(guest.stop()).isEmpty();
            }
        }
    }

    private static KernelImage older() {
        try {
            return KernelDiscovery.standard().find(SERIES);
        } catch (KernelException e) {
            assumeTrue(false, "no kernel " + SERIES + " in the cache: " + e.getMessage());
            throw e;
        }
    }

    /** Builds the tools against a kernel's types; the folder that they are in. */
    private Path built(KernelImage kernel) throws Exception {
        Path source = Files.createDirectories(temp.resolve("source"));
        Path out = Files.createDirectories(temp.resolve("out"));
        List<String> tar = new ArrayList<>(
                List.of("tar", "-xJf", SOURCE.toString(), "-C", source.toString(), "--strip-components=1"));
        PARTS.forEach(part -> tar.add("linux-source-6.12/" + part));
        run(tar, "tar.log");
        run(
                List.of(
                        "make",
                        "-s",
                        "-C",
                        source.resolve("tools/sched_ext").toString(),
                        "CC=gcc",
                        "CLANG=clang-19",
                        "O=" + out,
                        "VMLINUX_BTF=" + kernel.vmlinux(),
                        "scx_simple",
                        "scx_qmap"),
                "make.log");
        return out.resolve("build/bin");
    }

    private void run(List<String> argv, String logName) throws IOException, InterruptedException {
        Path log = temp.resolve(logName);
        Process process = new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .as(String.join(" ", argv) + " within " + LIMIT)
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        assertThat(process.exitValue())
                .as(String.join(" ", argv) + ":\n" + Files.readString(log))
                .isZero();
    }
}
