package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.kernel.build.Architecture;
import dev.ktstr.kernel.build.Kconfig;
import dev.ktstr.spec.KernelLabel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds the distribution's Linux 6.12 from source, as a user does, and runs the samples on it. It takes as long as the build
 * does, so it runs when that kernel is not cached yet, and with {@code -Dktstr.full=true}.
 */
@TestMethodOrder(OrderAnnotation.class)
class KernelBuildIT {
    private static final Path TARBALL = Path.of("/usr/src/linux-source-6.12.tar.xz");
    private static final Pattern SPEC = Pattern.compile("mvn verify -Dktstr\\.kernel=(local-\\S+)");
    private static final Pattern PASS = Pattern.compile("(?m)^PASS \\[");
    private static final Duration BUILD = Duration.ofMinutes(90);
    private static final Duration VERIFY = Duration.ofMinutes(10);

    @TempDir
    Path dir;

    @Test
    @Order(1)
    void theDistributionsSourcesGiveAKernelOnWhichTheSamplesPass() throws Exception {
        boolean full = Boolean.getBoolean("ktstr.full");
        assumeTrue(
                full || built().isEmpty(),
                "a 6.12 built with today's configuration is cached; ./check --full builds it again");
        assertThat(TARBALL).as("package linux-source-6.12").exists();
        Path tree = unpacked();

        String built = Mvn.run(
                dir,
                log("build"),
                BUILD,
                "dev.ktstr:ktstr-maven-plugin:" + Mvn.VERSION + ":kernel-build",
                "-Dktstr.kernel=" + tree,
                "-Dktstr.force=" + full);

        Matcher spec = SPEC.matcher(built);
        assertThat(spec.find()).as(built).isTrue();
        String key = spec.group(1);
        CachedKernel kernel = KernelCache.standard().find(key).orElseThrow();
        assertThat(kernel.image().label()).startsWith("6.12.");
        assertThat(KernelRequirements.missingForSchedExt(kernel.image())).isEmpty();
        assertThat(built).doesNotContain("did not survive");

        assertThat(verify("01-eevdf-skeleton", key)).contains("PASS [").contains("[kernel=6.12.");
        assertThat(verify("02-mixed-workloads", key))
                .contains("PASS [")
                .contains("[sched=scx-ktstr]")
                .contains("[kernel=6.12.");
    }

    private String verify(String sample, String key) throws Exception {
        return Mvn.run(
                Mvn.sample(sample, dir.resolve(sample)),
                log(sample),
                VERIFY,
                "verify",
                "-Dktstr.kernel=" + key,
                "-Dktstr.scheduler.path=" + System.getProperty("ktstr.scheduler.path"));
    }

    @Test
    @Order(2)
    void oneVerifyRunsASampleOnTwoKernelsAndEachInvocationCarriesItsLabel() throws Exception {
        CachedKernel old = built().orElseThrow(() -> new AssertionError("the test before this one caches a 6.12"));
        Optional<CachedKernel> newer = KernelCache.standard().list().stream()
                .filter(k -> k.image().label().startsWith("7."))
                .findFirst();
        assumeTrue(newer.isPresent(), "no kernel 7.x is cached; mvn ktstr:kernel-fetch gets one");

        String out = verify(
                "02-mixed-workloads", old.key() + "," + newer.orElseThrow().key());

        for (CachedKernel kernel : List.of(old, newer.orElseThrow())) {
            String version = kernel.image().label();
            assertThat(out).contains(KernelLabel.of(version)).contains("[kernel=" + version + "]");
        }
        assertThat(PASS.matcher(out).results().count()).isEqualTo(2);
    }

    /** The newest 6.12 in the cache that was built from sources with today's configuration. */
    private static Optional<CachedKernel> built() {
        String hash =
                Kconfig.of(Architecture.ofHost(), Kconfig.Base.TINYCONFIG, null).hash();
        return KernelCache.standard().list().stream()
                .filter(k -> k.image().label().startsWith("6.12.")
                        && k.key().startsWith("local-")
                        && k.key().endsWith("-kc" + hash))
                .findFirst();
    }

    private Path unpacked() throws Exception {
        Process tar = new ProcessBuilder("tar", "xf", TARBALL.toString(), "-C", dir.toString())
                .redirectErrorStream(true)
                .redirectOutput(log("tar").toFile())
                .start();
        try {
            assertThat(tar.waitFor(10, TimeUnit.MINUTES) && tar.exitValue() == 0)
                    .as(Files.readString(log("tar")))
                    .isTrue();
        } finally {
            tar.destroyForcibly();
        }
        return dir.resolve("linux-source-6.12");
    }

    /** Where a failed run's output stays. */
    private static Path log(String name) throws IOException {
        return Files.createDirectories(Path.of("target", "kernel-build")).resolve(name + ".log");
    }
}
