package dev.ktstr.kernel.source;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.build.FakeTree;
import dev.ktstr.kernel.build.Git;
import dev.ktstr.kernel.source.KernelSource.Identity;
import dev.ktstr.spec.KernelSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelSourcesTest implements BuildListener {
    @TempDir
    Path dir;

    private final List<String> told = new ArrayList<>();
    private Mirror mirror;
    private Path tree;
    private Path work;

    @BeforeEach
    void start() throws IOException {
        mirror = new Mirror();
        tree = FakeTree.make(dir.resolve("linux"), "6.14.2");
        work = Files.createDirectories(dir.resolve("work"));
    }

    @AfterEach
    void stop() {
        mirror.close();
    }

    @Test
    void aVersionIsDownloadedCheckedUnpackedAndKept() throws Exception {
        serve(tarball(), null);
        KernelSource source = source("6.14.2");

        Path top = source.obtain(source.identify(), work, this);

        assertThat(source.identify().stem()).isEqualTo("6.14.2-tarball");
        assertThat(top.resolve("Makefile")).hasSameTextualContentAs(tree.resolve("Makefile"));
        int requests = mirror.requests.size();
        source.obtain(source.identify(), work, this);
        assertThat(mirror.requests).hasSize(requests);
        assertThat(told).anyMatch(l -> l.startsWith("already downloaded"));
    }

    @Test
    void aTarballWithAnotherHashIsThrownAway() throws Exception {
        serve(tarball(), "0".repeat(64));

        assertThatThrownBy(this::obtainVersion)
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("the SHA-256 of " + mirror.uri("pub/v6.x/linux-6.14.2.tar.xz") + " is ")
                .hasMessageContaining("the mirror's list says 0000")
                .hasMessageContaining("damaged or not genuine");
        assertThat(downloads()).isEmpty();
        assertThat(work.resolve("src")).doesNotExist();
    }

    @Test
    void aTruncatedTarballIsTriedAgainAndThenGivenUp() throws Exception {
        byte[] whole = tarball();
        serve(whole, null);
        mirror.behave("pub/v6.x/linux-6.14.2.tar.xz", (exchange, nth) -> {
            exchange.sendResponseHeaders(200, whole.length);
            exchange.getResponseBody().write(whole, 0, 100);
            exchange.getResponseBody().flush();
            exchange.close();
            return true;
        });

        assertThatThrownBy(this::obtainVersion)
                .hasMessageContaining("cannot get ")
                .hasMessageContaining("3 attempts in a row brought nothing");
    }

    @Test
    void whatAnEarlierRunLeftOfAnotherFileIsReplaced() throws Exception {
        serve(tarball(), null);
        Files.createDirectories(dir.resolve("downloads"));
        Files.write(dir.resolve("downloads/linux-6.14.2.tar.xz.part"), new byte[100]);

        assertThat(obtainVersion().resolve("Makefile")).exists();
        assertThat(told).anyMatch(l -> l.contains("does not fit"));
    }

    @Test
    void aDiskThatFillsUpWhileUnpackingIsSaidSoAndTheDownloadStays() throws Exception {
        byte[] big = new byte[400_000];
        new Random(3).nextBytes(big);
        Files.write(tree.resolve("big.c"), big);
        serve(tarball(), null);
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=256k", "ktstr-test", work.toString()), "mounting takes root");
        try {
            assertThatThrownBy(this::obtainVersion)
                    .isInstanceOf(KernelException.class)
                    .hasMessageContaining("cannot write " + work.resolve("src"))
                    .hasMessageContaining("No space left on device")
                    .hasMessageContaining("KTSTR_CACHE_DIR");
            assertThat(run("mount", "-o", "remount,size=4m", work.toString())).isTrue();

            assertThat(obtainVersion().resolve("big.c")).hasBinaryContent(big);
            assertThat(mirror.requests).filteredOn(r -> r.contains("tar.xz")).hasSize(1);
        } finally {
            assertThat(run("umount", work.toString())).isTrue();
        }
    }

    @Test
    void whatAKilledRunHadHalfUnpackedIsThrownAway() throws Exception {
        serve(tarball(), null);
        Files.createDirectories(work.resolve("src/kernel"));
        Files.writeString(work.resolve("src/Makefile"), "VERSION = half of");
        Files.writeString(work.resolve("src/kernel/foreign.c"), "x");

        Path top = obtainVersion();

        assertThat(top).isEqualTo(work.resolve("src"));
        assertThat(top.resolve("Makefile")).hasSameTextualContentAs(tree.resolve("Makefile"));
        assertThat(top.resolve("kernel")).doesNotExist();
    }

    private static boolean run(String... argv) throws Exception {
        Process process = new ProcessBuilder(argv)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    @Test
    void anArchiveThatWritesOutsideIsRefusedAndForgotten() throws Exception {
        serve(new Tarballs().file("linux/../../evil", "x").xz(), null);

        assertThatThrownBy(this::obtainVersion).hasMessageContaining("refused ");
        assertThat(downloads()).isEmpty();
    }

    @Test
    void aTagABranchAndACommitAreFetchedWithoutHistory() throws Exception {
        Git.init(tree);
        Git.run(tree, "-c", "user.name=a", "-c", "user.email=a@b", "tag", "-a", "v6.14.2", "-m", "tag");
        String tagged = Git.head(tree);
        Files.writeString(tree.resolve("Kbuild"), "# later\n");
        Git.commit(tree);
        String head = Git.head(tree);
        String url = "git+file://" + tree;

        assertThat(checkOut(url + "#tag=v6.14.2")).isEqualTo(tagged + " v6.14.2-git-" + tagged.substring(0, 7));
        assertThat(checkOut(url + "#branch=main")).isEqualTo(head + " main-git-" + head.substring(0, 7));
        assertThat(checkOut(url + "#sha=" + head)).isEqualTo(head + " git-" + head.substring(0, 7));
        assertThat(checkOut("git+./linux#branch=main")).startsWith(head);
        assertThat(Git.run(work.resolve("src"), "rev-list", "--count", "HEAD").strip())
                .isEqualTo("1");
    }

    @Test
    void aRefThatIsNotThereGivesTheNearest() throws Exception {
        Git.init(tree);
        Git.run(tree, "tag", "v6.14.1");
        Git.run(tree, "tag", "x");

        assertThatThrownBy(() -> source("git+file://" + tree + "#tag=v6.14.2").identify())
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("has no tag v6.14.2; the nearest it has: v6.14.1, x");
        assertThatThrownBy(
                        () -> source("git+file://" + dir + "/none#branch=main").identify())
                .hasMessageContaining("cannot ask file://" + dir + "/none for its main")
                .hasMessageContaining("not appear to be a git repository");
    }

    @Test
    void aGitServerThatStallsIsGivenUp() {
        mirror.behave("linux.git/info/refs", (exchange, nth) -> {
            exchange.sendResponseHeaders(200, 0);
            mirror.stall();
            return true;
        });
        String url = mirror.uri("linux.git").toString();
        KernelSpec.Git spec = (KernelSpec.Git) KernelSpec.parse("git+" + url + "#branch=main");

        assertThatThrownBy(() -> new GitSource(spec, dir, Duration.ofSeconds(1)).identify())
                .isInstanceOf(KernelException.class)
                .hasMessageStartingWith("cannot ask " + url + " for its main: git ls-remote -- " + url)
                .hasMessageContaining("Operation too slow");
    }

    @Test
    void aTreeInGitIsItsCommitAndOneThatIsNotIsItsFiles() throws Exception {
        Identity plain = source("./linux").identify();
        assertThat(plain.stem()).matches("local-[0-9a-f]{7}");
        assertThat(source("./linux").identify()).isEqualTo(plain);
        Files.writeString(tree.resolve("new.o"), "a product");
        assertThat(source("./linux").identify()).isEqualTo(plain);
        Files.writeString(tree.resolve("new.c"), "a source");
        assertThat(source("./linux").identify().stem()).isNotEqualTo(plain.stem());

        Git.init(tree);
        Identity committed = source("./linux").identify();
        assertThat(committed.stem()).isEqualTo("local-" + Git.head(tree).substring(0, 7));
        assertThat(committed.dirty()).isNull();
        Files.writeString(tree.resolve("untracked.c"), "nobody's business");
        assertThat(source("./linux").identify().dirty()).isNull();
        Files.writeString(tree.resolve("new.c"), "changed");
        assertThat(source("./linux").identify().dirty()).isEqualTo("the tree has a changed file that no commit holds");
    }

    @Test
    void aPathThatIsNoKernelTreeIsNamedWithOneNearby() throws Exception {
        assertThatThrownBy(() -> source("./none")).hasMessageContaining("none: it does not exist");
        Files.writeString(dir.resolve("image"), "x");
        assertThatThrownBy(() -> source("./image")).hasMessageContaining("it is a file");
        assertThatThrownBy(() -> source("./work"))
                .hasMessage(work + " is no kernel source tree: its top has no Makefile with a VERSION, or no Kconfig");
        assertThatThrownBy(() -> source("./linux/fixture")).hasMessageEndingWith("Did you mean " + tree + "?");
        assertThatThrownBy(() -> source("./")).hasMessageEndingWith("Did you mean " + tree + "?");
    }

    @Test
    void whatHasNoSourcesIsSentElsewhere() {
        for (String spec : List.of("debian:sid", "distro", "kernel.rpm")) {
            assertThatThrownBy(() -> source(spec))
                    .isInstanceOf(KernelException.class)
                    .hasMessageEndingWith("'mvn ktstr:kernel-fetch -Dktstr.kernel=" + spec + "'");
        }
        assertThatThrownBy(() -> source("host")).hasMessageEndingWith("Name it when you run tests");
    }

    private String checkOut(String spec) throws Exception {
        KernelSource source = source(spec);
        Identity identity = source.identify();
        Path top = source.obtain(identity, work, this);
        assertThat(top.resolve("Makefile")).exists();
        return Git.head(top) + " " + identity.stem();
    }

    private Path obtainVersion() {
        KernelSource source = source("6.14.2");
        return source.obtain(source.identify(), work, this);
    }

    private KernelSource source(String spec) {
        KernelSources sources = new KernelSources(
                new KernelOrg(mirror.sites(), Mirror.FAST), Mirror.FAST, dir.resolve("downloads"), dir);
        return sources.of(KernelSpec.parseList(spec)).get(0);
    }

    private byte[] tarball() throws IOException {
        return new Tarballs().tree(tree, "linux-6.14.2").xz();
    }

    private void serve(byte[] tarball, String hash) throws Exception {
        String sha256 = hash != null
                ? hash
                : HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(tarball));
        mirror.files.put("pub/v6.x/linux-6.14.2.tar.xz", tarball);
        mirror.files.put("pub/v6.x/sha256sums.asc", (sha256 + "  linux-6.14.2.tar.xz\n").getBytes(US_ASCII));
    }

    private List<String> downloads() {
        String[] names = dir.resolve("downloads").toFile().list((d, n) -> n.startsWith("linux"));
        return names == null ? List.of() : Arrays.asList(names);
    }

    @Override
    public void step(String line) {
        told.add(line);
    }

    @Override
    public void warn(String line) {
        told.add(line);
    }

    @Override
    public void progress(Progress progress) {}
}
