package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.Processes;
import dev.ktstr.kernel.source.LocalSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelBuilderTest {
    @TempDir
    Path dir;

    private final List<String> told = new ArrayList<>();
    private final List<String> warned = new ArrayList<>();
    private final List<BuildListener.Progress> progress = new ArrayList<>();
    private KernelCache cache;
    private Path tree;
    private Tools.Prober machine = argv -> Optional.of("v1.30");

    @BeforeEach
    void makeTree() throws IOException {
        cache = new KernelCache(dir.resolve("cache"));
        tree = FakeTree.make(dir.resolve("linux"), "6.14.2-fake");
    }

    @Test
    void aLocalTreeIsBuiltAndCachedAndStaysAsItIs() throws IOException {
        List<String> before = files(tree);

        BuiltKernel built = build(options());

        assertThat(built.fresh() && built.cached()).isTrue();
        assertThat(built.spec()).matches("local-[0-9a-f]{7}-x86_64-kc[0-9a-f]{8}");
        assertThat(built.image().version()).isEqualTo("6.14.2-fake");
        CachedKernel entry = cache.find(built.spec()).orElseThrow();
        assertThat(entry.source()).isEqualTo("local/" + tree);
        assertThat(Files.readString(entry.image().config())).contains("CONFIG_SCHED_CLASS_EXT=y", "CONFIG_BASE=");
        assertThat(Files.readString(built.log())).contains("$ make -C " + tree, "tinyconfig", "  CC      fake/3.o");
        assertThat(files(tree)).isEqualTo(before);
        assertThat(warned).isEmpty();
    }

    @Test
    void whatIsCachedIsNotBuiltAgainUnlessForced() {
        String key = build(options()).spec();

        assertThat(build(options()))
                .matches(b -> !b.fresh())
                .matches(b -> b.spec().equals(key));
        assertThat(told).last().asString().isEqualTo("kernel " + key + " is already in the cache");
        assertThat(build(options(null, true, false)).fresh()).isTrue();
    }

    @Test
    void aNextBuildOfATreeGoesOnFromTheLastAndACleanOneDoesNot() throws IOException {
        build(options());
        FakeTree.hook(tree, "true");

        assertThat(Files.readString(build(options()).log())).doesNotContain("COMPILED");
        assertThat(told).anyMatch(l -> l.startsWith("compiling what has changed"));
        FakeTree.hook(tree, "true ");
        assertThat(Files.readString(build(options(null, false, true)).log())).contains("COMPILED");
    }

    @Test
    void anotherConfigurationIsAnotherKernel() throws IOException {
        Path extra = Files.writeString(dir.resolve("extra"), "CONFIG_BASE_SMALL=y\n");
        String plain = build(options()).spec();

        assertThat(build(options(extra, false, false)).spec()).isNotEqualTo(plain);
        assertThat(cache.list()).hasSize(2);
    }

    @Test
    void anOptionOfTheUserThatDoesNotSurviveEndsTheBuildBeforeItStarts() throws IOException {
        Path extra = Files.writeString(dir.resolve("extra"), "CONFIG_DEEP=y\n");
        FakeTree.drop(tree, "CONFIG_DEEP=y");

        assertThatThrownBy(() -> build(options(extra, false, false)))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining(
                        "CONFIG_DEEP=y did not survive: it needs BLOCK (is not set), SMP (is set, and must not be)")
                .hasMessageContaining("-Dktstr.kconfig.extra");
        assertThat(progress).isEmpty();
        assertThat(cache.list()).isEmpty();
    }

    @Test
    void anOptionOfOursThatDoesNotSurviveIsNamedWithWhatBlocksIt() throws IOException {
        FakeTree.drop(tree, "CONFIG_SCHED_CLASS_EXT=y", "CONFIG_BPF_SYSCALL=y", "CONFIG_FPROBE=y");

        assertThat(build(options()).fresh()).isTrue();
        assertThat(warned)
                .containsExactlyInAnyOrder(
                        "CONFIG_SCHED_CLASS_EXT=y did not survive: it needs BPF_SYSCALL (is not set)",
                        "CONFIG_BPF_SYSCALL=y did not survive: its dependencies seem to hold; another choice, its range, or "
                                + "the toolchain keeps it from being y (see BPF_SYSCALL in the tree's Kconfig files)");
    }

    @Test
    void aCompilerErrorIsShownFirstAndTheLogNamed() throws IOException {
        FakeTree.hook(
                tree,
                "echo 'kernel/a.c:3:5: error: expected ;' ; echo '    3 | int x'; echo '  CC      b.o'; "
                        + "echo 'kernel/b.c:1:1: error: later'; exit 1");

        assertThatThrownBy(() -> build(options()))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("cannot build Linux 6.14.2: make ended with status 2. The first error:\n"
                        + "  kernel/a.c:3:5: error: expected ;\n      3 | int x")
                .hasMessageContaining("The whole log: " + dir.resolve("cache/logs/local-"));
        assertThat(cache.list()).isEmpty();
        FakeTree.hook(tree, "true");
        told.clear();
        assertThat(build(options()).fresh()).isTrue();
        assertThat(told).noneMatch(l -> l.contains("killed"));
        // What is left of a build that failed says nothing about how long a whole one takes.
        assertThat(told).anyMatch(l -> l.startsWith("compiling what has changed"));
        try (var builds = Files.list(dir.resolve("cache/builds"))) {
            assertThat(builds).noneMatch(p -> p.getFileName().toString().startsWith("objects-"));
        }
    }

    @Test
    void aBuildThatRunsTooLongIsKilledWithAllItStarted() throws IOException {
        FakeTree.hook(tree, "sleep 71 & echo $! >" + dir + "/pid; wait");

        BuildOptions short_ = new BuildOptions(
                Kconfig.of(Architecture.X86_64, Kconfig.Base.TINYCONFIG, null),
                Compiler.named("gcc", Architecture.X86_64, Architecture.X86_64),
                BuildOptions.PAHOLE,
                1,
                false,
                false,
                false,
                Duration.ofSeconds(2));

        assertThatThrownBy(() -> build(short_)).hasMessageContaining("did not end within");
        Processes.awaitDeath(Files.readString(dir.resolve("pid")).strip());
    }

    @Test
    void aBuildThatWasKilledIsBegunAnew() throws IOException {
        build(options());
        FakeTree.hook(tree, "true");
        Path place = place();
        Files.writeString(place.resolve("make-at-work"), "");

        assertThat(Files.readString(build(options()).log())).contains("COMPILED");
        assertThat(told).contains("an earlier build was killed half-way: starting from nothing");
        assertThat(place.resolve("make-at-work")).doesNotExist();
    }

    @Test
    void aTreeThatChangesWhileItIsBuiltIsNotCached() throws IOException {
        FakeTree.hook(tree, "echo x >>" + tree + "/new.c");

        BuiltKernel built = build(options());

        assertThat(built.cached()).isFalse();
        assertThat(built.image().version()).isEqualTo("6.14.2-fake");
        assertThat(warned).containsExactly("not cached, because the tree changed while it was built");
        assertThat(cache.list()).isEmpty();
    }

    @Test
    void aTreeWithChangesThatNoCommitHoldsIsBuiltAndNotCached() throws Exception {
        Git.init(tree);
        assertThat(build(options()).spec()).startsWith("local-" + Git.head(tree).substring(0, 7) + "-");
        Files.writeString(tree.resolve("Kbuild"), "# changed\n");

        BuiltKernel built = build(options());

        assertThat(built.cached()).isFalse();
        assertThat(Path.of(built.spec())).isDirectory();
        assertThat(warned).containsExactly("not cached, because the tree has a changed file that no commit holds");
        assertThat(cache.list()).hasSize(1);
    }

    @Test
    void aTreeThatIsConfiguredInPlaceIsBuiltAndKeepsItsConfiguration() throws IOException {
        Files.writeString(tree.resolve(".config"), "CONFIG_MINE=y\n");
        Files.createDirectories(tree.resolve("include/config"));
        Files.writeString(tree.resolve("vmlinux"), "mine");
        List<String> before = files(tree);

        BuiltKernel built = build(options());

        assertThat(built.cached()).isTrue();
        assertThat(files(tree)).isEqualTo(before);
        assertThat(tree.resolve(".config")).hasContent("CONFIG_MINE=y\n");
        assertThat(place().resolve("src")).doesNotExist();
    }

    @Test
    void compileCommandsGoIntoTheTreeWhenAskedFor() {
        Kconfig kconfig = Kconfig.of(Architecture.X86_64, Kconfig.Base.DEFCONFIG, null);
        Compiler gcc = Compiler.named("gcc", Architecture.X86_64, Architecture.X86_64);

        BuiltKernel built = build(
                new BuildOptions(kconfig, gcc, BuildOptions.PAHOLE, 2, false, false, true, Duration.ofMinutes(1)));

        assertThat(built.cached()).isTrue();
        assertThat(tree.resolve("compile_commands.json")).hasContent("[]");
    }

    @Test
    void aKernelOfAnotherArchitectureIsBuiltAndStaysInItsFolder() throws IOException {
        Compiler cross = Compiler.named("gcc", Architecture.AARCH64, Architecture.X86_64);
        Kconfig kconfig = Kconfig.of(Architecture.AARCH64, Kconfig.Base.TINYCONFIG, null);

        BuiltKernel built = build(
                new BuildOptions(kconfig, cross, BuildOptions.PAHOLE, 2, false, false, false, Duration.ofMinutes(1)));

        assertThat(built.image()).isNull();
        assertThat(Path.of(built.spec(), "arch/arm64/boot/Image")).exists();
        assertThat(Files.readString(built.log())).contains("ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- -j2 Image");
        assertThat(warned).containsExactly("not cached, because kernels of aarch64 cannot be booted here yet");
        assertThat(cache.list()).isEmpty();
    }

    @Test
    void allThatTheMachineLacksIsNamedAtOnceWithItsPackages() {
        machine = argv -> List.of("flex", "bc").contains(argv.get(0))
                        || argv.contains("libelf.h")
                        || argv.contains("openssl/opensslv.h")
                ? Optional.empty()
                : Optional.of("1.30");

        assertThatThrownBy(() -> build(options()))
                .hasMessageContaining("lacks flex, bc, libelf.h, openssl/opensslv.h")
                .hasMessageContaining("apt-get install flex bc libelf-dev libssl-dev");
        assertThat(cache.list()).isEmpty();
    }

    @Test
    void aPaholeThatIsTooOldForTheTreeIsRefusedBeforeAnythingIsCompiled() throws IOException {
        machine = argv -> Optional.of(argv.get(0).equals("pahole") ? "v1.24" : "1");
        assertThat(build(options()).fresh()).isTrue();
        Files.createDirectories(tree.resolve("include/linux"));
        Files.writeString(tree.resolve("include/linux/btf.h"), "#define KF_IMPLICIT_ARGS (1 << 16)\n");

        assertThatThrownBy(() -> build(options()))
                .hasMessageContaining("pahole 1.24 is too old for Linux 6.14.2, which needs 1.26")
                .hasMessageContaining("refuses every scheduler");

        Files.delete(tree.resolve("include/linux/btf.h"));
        Files.createDirectories(tree.resolve("lib"));
        Files.writeString(
                tree.resolve("lib/Kconfig.debug"),
                "config DEBUG_INFO_BTF\n\tbool \"x\"\n\tdepends on PAHOLE_VERSION >= 125\n");
        assertThatThrownBy(() -> build(options()))
                .hasMessageContaining("needs 1.25")
                .hasMessageContaining("without BTF");
    }

    @Test
    void aPaholeThatIsNamedIsTheOneThatIsAskedAndUsed() throws IOException {
        machine = argv -> Optional.of(argv.get(0).equals("pahole") ? "v1.24" : "v1.32");
        Files.createDirectories(tree.resolve("include/linux"));
        Files.writeString(tree.resolve("include/linux/btf.h"), "#define KF_IMPLICIT_ARGS (1 << 16)\n");
        assertThatThrownBy(() -> build(options())).hasMessageContaining("-Dktstr.pahole=PATH");

        BuiltKernel built = build(new BuildOptions(
                Kconfig.of(Architecture.X86_64, Kconfig.Base.TINYCONFIG, null),
                Compiler.named("gcc", Architecture.X86_64, Architecture.X86_64),
                "/opt/pahole",
                1,
                false,
                false,
                false,
                Duration.ofMinutes(1)));

        assertThat(Files.readString(built.log())).contains("ARCH=x86_64 PAHOLE=/opt/pahole -j1 bzImage");
    }

    @Test
    void aNamedPaholeThatIsNotThereIsMissing() {
        machine = argv -> argv.get(0).equals("/opt/pahole") ? Optional.empty() : Optional.of("v1.30");
        BuildOptions plain = options();
        BuildOptions named = new BuildOptions(
                plain.kconfig(), plain.compiler(), "/opt/pahole", 1, false, false, false, plain.limit());

        assertThatThrownBy(() -> build(named)).hasMessageContaining("this machine lacks /opt/pahole");
    }

    @Test
    void twoBuildsOfOneTreeMakeOneBuild() throws Exception {
        FakeTree.hook(tree, "echo built >>" + dir + "/count; sleep 1");
        Thread other = new Thread(
                () -> new KernelBuilder(cache, new Quiet(), machine).build(new LocalSource(tree), options()));
        other.start();
        build(options());
        other.join(TimeUnit.SECONDS.toMillis(30));

        assertThat(Files.readAllLines(dir.resolve("count"))).hasSize(1);
    }

    private BuiltKernel build(BuildOptions options) {
        BuildListener listener = new BuildListener() {
            @Override
            public void step(String line) {
                told.add(line);
            }

            @Override
            public void warn(String line) {
                warned.add(line);
            }

            @Override
            public void progress(Progress p) {
                progress.add(p);
            }
        };
        return new KernelBuilder(cache, listener, machine).build(new LocalSource(tree), options);
    }

    static BuildOptions options() {
        return options(null, false, false);
    }

    static BuildOptions options(@Nullable Path extra, boolean force, boolean clean) {
        return new BuildOptions(
                Kconfig.of(Architecture.X86_64, Kconfig.Base.TINYCONFIG, extra),
                Compiler.named("gcc", Architecture.X86_64, Architecture.X86_64),
                BuildOptions.PAHOLE,
                2,
                force,
                clean,
                false,
                Duration.ofMinutes(1));
    }

    private Path place() throws IOException {
        try (var all = Files.list(dir.resolve("cache/builds"))) {
            return all.filter(p -> p.getFileName().toString().startsWith("local-"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static List<String> files(Path top) throws IOException {
        try (var all = Files.walk(top)) {
            return all.map(p -> top.relativize(p).toString()).sorted().toList();
        }
    }

    /** Hears nothing. */
    static final class Quiet implements BuildListener {
        @Override
        public void step(String line) {}

        @Override
        public void warn(String line) {}

        @Override
        public void progress(Progress progress) {}
    }
}
