package dev.ktstr.kernel.build;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.Children;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks, before any time is spent, that this machine has what building a kernel takes, and says which packages have it. */
final class Tools {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Pattern DOTTED = Pattern.compile("(\\d{1,5})\\.(\\d{1,5})");
    /** lib/Kconfig.debug: {@code depends on PAHOLE_VERSION >= 122}. */
    private static final Pattern LEAST_PAHOLE =
            Pattern.compile("config DEBUG_INFO_BTF\\b.*?depends on PAHOLE_VERSION >= (\\d{3,4})", Pattern.DOTALL);
    /** Until 1.25 pahole leaves kfuncs with implicit arguments as they are, and every scheduler is refused at load. */
    private static final int IMPLICIT_ARGS = 126;

    private final Compiler compiler;
    private final List<String> paholeVersion;
    private final Prober prober;

    Tools(BuildOptions options, Prober prober) {
        this.compiler = options.compiler();
        this.paholeVersion = List.of(options.pahole(), "--version");
        this.prober = prober;
    }

    /** Runs a probe. */
    @FunctionalInterface
    interface Prober {
        /** What it printed, when it ended with status 0; empty when it did not or is not there. */
        Optional<String> ask(List<String> argv);

        /** The programs of this machine. */
        static Prober ofMachine() {
            return argv -> {
                try {
                    Children.Result r = Children.attempt("look for " + argv.get(0), argv, Path.of("/"), LIMIT);
                    return r.exit() == 0 ? Optional.of(r.out()) : Optional.empty();
                } catch (KernelException e) {
                    if (Thread.currentThread().isInterrupted()) {
                        throw e;
                    }
                    return Optional.empty(); // cannot be started: not there
                }
            };
        }
    }

    private record Tool(String name, List<String> probe, String debianPackage) {}

    /**
     * Checks for programs and headers.
     *
     * @throws KernelException naming all that is missing, and the packages
     */
    void check() {
        List<Tool> missing = wanted().stream().filter(t -> !works(t.probe())).toList();
        if (!missing.isEmpty()) {
            throw new KernelException("cannot build a kernel: this machine lacks "
                    + String.join(", ", missing.stream().map(Tool::name).toList())
                    + ". Install it with: apt-get install "
                    + String.join(
                            " ",
                            missing.stream().map(Tool::debianPackage).distinct().toList())
                    + " (or your distribution's packages of that content)");
        }
    }

    private List<Tool> wanted() {
        String cc = compiler.hostCc();
        List<Tool> wanted = new ArrayList<>();
        wanted.add(new Tool("make", List.of("make", "--version"), "make"));
        wanted.add(new Tool(compiler.cc(), List.of(compiler.cc(), "--version"), compiler.debianPackage()));
        if (!cc.equals(compiler.cc())) {
            wanted.add(new Tool(cc + " (for the build's own programs)", List.of(cc, "--version"), "gcc"));
        }
        wanted.add(new Tool(compiler.ld(), List.of(compiler.ld(), "--version"), compiler.linkerPackage()));
        wanted.add(new Tool("flex", List.of("flex", "--version"), "flex"));
        wanted.add(new Tool("bison", List.of("bison", "--version"), "bison"));
        wanted.add(new Tool("bc", List.of("bc", "--version"), "bc"));
        wanted.add(new Tool("perl", List.of("perl", "--version"), "perl"));
        wanted.add(new Tool("gzip", List.of("gzip", "--version"), "gzip"));
        wanted.add(new Tool(paholeVersion.get(0), paholeVersion, "pahole"));
        if (works(List.of(cc, "--version"))) {
            wanted.add(header(cc, "libelf.h", "libelf-dev"));
            wanted.add(header(cc, "openssl/opensslv.h", "libssl-dev"));
        }
        return wanted;
    }

    private static Tool header(String cc, String name, String debianPackage) {
        return new Tool(name, List.of(cc, "-fsyntax-only", "-include", name, "-x", "c", "/dev/null"), debianPackage);
    }

    private boolean works(List<String> probe) {
        return prober.ask(probe).isPresent();
    }

    /**
     * Checks that pahole is new enough for a tree. A kernel built with one that is too old boots, and then refuses every
     * scheduler.
     *
     * @throws KernelException naming both versions and the cure
     */
    void checkPahole(Path tree, String version) {
        String printed = prober.ask(paholeVersion).orElse("nothing");
        int have = number(printed)
                .orElseThrow(() -> new KernelException("cannot tell the version of " + paholeVersion.get(0)
                        + ": it printed '" + printed.strip() + "'"));
        int want = Math.max(least(tree), usesImplicitArguments(tree) ? IMPLICIT_ARGS : 0);
        if (have < want) {
            throw new KernelException("pahole " + text(have) + " is too old for Linux " + version + ", which needs "
                    + text(want) + " or newer: "
                    + (want == IMPLICIT_ARGS
                            ? "with an older one the kernel builds and boots, and then refuses every scheduler at load"
                            : "the kernel would be built without BTF")
                    + ". Debian 13 has a newer one in its package pahole; one that lies elsewhere is named with -Dktstr.pahole=PATH (the page"
                    + " on kernels says how to get one for Debian 12)");
        }
    }

    private static Optional<Integer> number(String printed) {
        Matcher m = DOTTED.matcher(printed);
        return m.find()
                ? Optional.of(Integer.parseInt(m.group(1)) * 100 + Integer.parseInt(m.group(2)))
                : Optional.empty();
    }

    private static String text(int number) {
        return number / 100 + "." + number % 100;
    }

    private static int least(Path tree) {
        Matcher m = LEAST_PAHOLE.matcher(text(tree.resolve("lib/Kconfig.debug")).orElse(""));
        return m.find() ? Integer.parseInt(m.group(1)) : 0;
    }

    private static boolean usesImplicitArguments(Path tree) {
        return text(tree.resolve("include/linux/btf.h"))
                .filter(t -> t.contains("KF_IMPLICIT_ARGS"))
                .isPresent();
    }

    private static Optional<String> text(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new KernelException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
