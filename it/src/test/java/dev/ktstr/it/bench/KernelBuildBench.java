package dev.ktstr.it.bench;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.kernel.build.Architecture;
import dev.ktstr.kernel.build.BuildOptions;
import dev.ktstr.kernel.build.BuiltKernel;
import dev.ktstr.kernel.build.Compiler;
import dev.ktstr.kernel.build.Kconfig;
import dev.ktstr.kernel.build.KernelBuilder;
import dev.ktstr.kernel.source.LocalSource;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Times what {@code kernel-build} does with a source tree, identity to cache entry, beside a bare {@code make} of the same
 * configuration with as many jobs. Each build has an object folder of its own; they take turns, ours first and then theirs
 * first, so neither has the warmer page cache on the whole. The sum of the rounds gives the ratio.
 *
 * <p>{@code java -cp … dev.ktstr.it.bench.KernelBuildBench TREE [ROUNDS]}, for a 7.x tree on Debian 12 with {@code -Dktstr.pahole}.
 */
public final class KernelBuildBench {
    private static final int JOBS = Runtime.getRuntime().availableProcessors();
    private static final double GOAL_MIN = 8;
    private static final double GOAL_PERCENT = 5;

    private final Path tree;
    private final Path scratch;
    private final BuildOptions options = new BuildOptions(
            Kconfig.of(Architecture.X86_64, Kconfig.Base.named("tinyconfig"), null),
            Compiler.named("gcc", Architecture.X86_64, Architecture.ofHost()),
            System.getProperty("ktstr.pahole", BuildOptions.PAHOLE),
            JOBS,
            true,
            true,
            false,
            BuildOptions.STANDARD_LIMIT);

    private KernelBuildBench(Path tree, Path scratch) {
        this.tree = tree;
        this.scratch = scratch;
    }

    /**
     * One build.
     *
     * @param seconds how long it took
     * @param objects the object files it left
     * @param config the configuration it was of
     */
    private record Build(double seconds, long objects, String config) {
        /** What is chosen, without the heading, which names the architecture as each of the two was told it. */
        List<String> chosen() {
            return config.lines().filter(line -> line.contains("CONFIG_")).toList();
        }

        void print(String who) {
            System.out.printf("%-12s %8.1f s  %5d objects%n", who, seconds, objects);
        }
    }

    /** Runs with {@code TREE [ROUNDS]}. */
    public static void main(String[] args) throws Exception {
        Path tree = Path.of(args[0]).toAbsolutePath();
        int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 2;
        try (Scratch scratch = Scratch.make()) {
            new KernelBuildBench(tree, scratch.path()).run(rounds);
        }
    }

    private void run(int rounds) throws Exception {
        readOnce();
        double ours = 0;
        double bare = 0;
        String config = "";
        for (int round = 0; round < rounds; round++) {
            Build a;
            Build b;
            if (round % 2 == 0) {
                a = ours();
                b = bare(a.config);
            } else {
                b = bare(config);
                a = ours();
            }
            a.print("kernel-build");
            b.print("bare make");
            if (!a.chosen().equals(b.chosen())) {
                throw new IllegalStateException("the two builds were of different configurations");
            }
            config = a.config;
            ours += a.seconds;
            bare += b.seconds;
        }
        System.out.printf(
                "kernel-build %.2f min with %d jobs (goal < %.0f min on 2 cores), %+.1f %% over bare make (goal <= %.0f %%)%n",
                ours / rounds / 60, JOBS, GOAL_MIN, (ours / bare - 1) * 100, GOAL_PERCENT);
    }

    private Build ours() throws IOException {
        Path root = scratch.resolve("ours");
        long start = System.nanoTime();
        BuiltKernel built = new KernelBuilder(new KernelCache(root), new Quiet()).build(new LocalSource(tree), options);
        double seconds = since(start);
        KernelImage image = Objects.requireNonNull(built.image(), "a kernel of this machine's architecture");
        String config = Files.readString(Objects.requireNonNull(image.config(), "the configuration of a build"));
        Build build = new Build(seconds, objects(root), config);
        Scratch.remove(root);
        return build;
    }

    private Build bare(String config) throws IOException, InterruptedException {
        Path objects = Files.createDirectories(scratch.resolve("bare"));
        Files.writeString(objects.resolve(".config"), config);
        long start = System.nanoTime();
        make(objects, "olddefconfig");
        make(objects, options.kconfig().architecture().target());
        double seconds = since(start);
        Build build = new Build(seconds, objects(objects), Files.readString(objects.resolve(".config")));
        Scratch.remove(objects);
        return build;
    }

    private void make(Path objects, String target) throws IOException, InterruptedException {
        Path log = scratch.resolve("bare.log");
        List<String> argv = new ArrayList<>(List.of("make", "-C", tree.toString(), "O=" + objects, "-j" + JOBS));
        if (!options.pahole().equals(BuildOptions.PAHOLE)) {
            argv.add("PAHOLE=" + options.pahole());
        }
        argv.add(target);
        ProcessBuilder command = new ProcessBuilder(argv);
        List.of("MAKEFLAGS", "MAKELEVEL", "MFLAGS", "ARCH", "CROSS_COMPILE", "KBUILD_OUTPUT", "LLVM")
                .forEach(command.environment()::remove);
        Process make = command.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            if (!make.waitFor(BuildOptions.STANDARD_LIMIT.toSeconds(), TimeUnit.SECONDS) || make.exitValue() != 0) {
                throw new IllegalStateException(
                        "make " + target + " of " + tree + " failed or hung:\n" + Files.readString(log));
            }
        } finally {
            make.descendants().forEach(ProcessHandle::destroyForcibly);
            make.destroyForcibly();
        }
    }

    /** The sources are read from the disk by neither of the two. */
    private void readOnce() throws IOException {
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, OutputStream.nullOutputStream());
            }
        }
    }

    private static long objects(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".o")).count();
        }
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Hears warnings only; what else a build says would be in the way of the figures. */
    private static final class Quiet implements BuildListener {
        @Override
        public void step(String line) {}

        @Override
        public void warn(String line) {
            System.out.println(line);
        }

        @Override
        public void progress(Progress progress) {}
    }
}
