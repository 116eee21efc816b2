package dev.ktstr.maven;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.source.KernelOrg;
import dev.ktstr.spec.KernelVersion;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelListTest {
    private static final KernelRows ROWS = new KernelRows(
            Set.of("11111111"),
            List.of(
                    release("7.3-rc2", "mainline", false),
                    release("7.2.13", "stable", false),
                    release("6.14.9", "stable", true),
                    release("6.12.117", "longterm", false)));

    @Test
    void aKernelIsALineOfKeyVersionSchedExtStateDigestAndOrigin() {
        KernelCache.Listing listing = new KernelCache.Listing(
                List.of(kernel("my-key", "7.2.1-x")),
                List.of(
                        new KernelCache.Damaged("bad", "its SHA-256 is wrong", false),
                        new KernelCache.Damaged("future", "schema 9", true)));

        assertThat(ROWS.table(listing))
                .containsExactly(
                        "KEY     VERSION  SCHED_EXT  STATE        SHA256        ORIGIN",
                        "my-key  7.2.1    no         ok           0123456789ab  a test",
                        "bad     -        -          CORRUPT      -             its SHA-256 is wrong",
                        "future  -        -          newer ktstr  -             schema 9");
    }

    @Test
    void theReasonOfADamagedEntryIsShownWithoutItsFolder() {
        String folder = "/home/a-user/.cache/ktstr/kernels/bad";
        KernelCache.Listing listing = new KernelCache.Listing(
                List.of(),
                List.of(new KernelCache.Damaged(
                        "bad", "cannot read " + folder + "/metadata.json: there is no such file", false)));

        assertThat(ROWS.table(listing))
                .last()
                .isEqualTo(
                        "bad  -        -          CORRUPT  -       cannot read metadata.json: there is no such file");
    }

    @Test
    void aSeriesThatGetsNoMoreFixesIsAtItsEnd() {
        assertThat(ROWS.remarks(kernel("k", "6.14.2"))).containsExactly("end of life");
        assertThat(ROWS.remarks(kernel("k", "6.13.4"))).as("no longer listed").containsExactly("end of life");
        assertThat(ROWS.remarks(kernel("k", "6.12.5"))).isEmpty();
        assertThat(ROWS.remarks(kernel("k", "7.4.0"))).as("newer than the list").isEmpty();
        assertThat(new KernelRows(Set.of(), List.of()).remarks(kernel("k", "6.13.4")))
                .as("nothing is known")
                .isEmpty();
    }

    @Test
    void aKernelOfAnotherFragmentIsStale() {
        assertThat(ROWS.remarks(kernel("7.2.1-tarball-x86_64-kc22222222", "7.2.1")))
                .containsExactly("stale kconfig");
        assertThat(ROWS.remarks(kernel("7.2.1-tarball-x86_64-kc11111111", "7.2.1")))
                .isEmpty();
    }

    @Test
    void whatIsNotKnownIsAbsentForPrograms() {
        KernelCache.Listing listing = new KernelCache.Listing(
                List.of(kernel("k", "6.14.2")), List.of(new KernelCache.Damaged("bad", "why", false)));

        assertThat(ROWS.values(listing).get(0))
                .containsEntry("key", "k")
                .containsEntry("remarks", List.of("end of life"))
                .containsEntry("schedExt", false)
                .doesNotContainKeys("compiler", "commit", "source");
        assertThat(Json.text(ROWS.values(listing).get(1)))
                .isEqualToIgnoringWhitespace("{\"key\": \"bad\", \"state\": \"corrupt\", \"why\": \"why\"}");
    }

    @Test
    void aPreviewSaysWhatOfARangeIsCached() {
        KernelOrg.Tarball there = tarball("6.12.117");
        KernelOrg.Tarball missing = tarball("6.13.12");

        assertThat(ROWS.preview(List.of(there, missing), List.of(kernel("k1", "6.12.117-x"))))
                .containsExactly(
                        "VERSION   STATE        CACHED AS  SOURCE",
                        "6.12.117  ok           k1         https://mirror/6.12.117",
                        "6.13.12   end of life  -          https://mirror/6.13.12");
    }

    private static KernelOrg.Tarball tarball(String version) {
        return new KernelOrg.Tarball(
                KernelVersion.leading(version).orElseThrow(),
                URI.create("https://mirror/" + version),
                Optional.empty());
    }

    private static KernelOrg.Release release(String version, String moniker, boolean over) {
        return new KernelOrg.Release(KernelVersion.leading(version).orElseThrow(), moniker, over);
    }

    private static CachedKernel kernel(String key, String release) {
        Path file = Path.of("vmlinuz");
        String digest = "0123456789abcdef".repeat(4);
        String label = KernelVersion.leading(release).orElseThrow().toString();
        KernelImage image = new KernelImage(release, label, file, file, null, null, digest, "a test", null);
        return new CachedKernel(key, image, null, Instant.EPOCH);
    }
}
