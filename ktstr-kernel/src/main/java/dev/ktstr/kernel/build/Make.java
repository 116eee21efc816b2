package dev.ktstr.kernel.build;

import dev.ktstr.kernel.BuildListener;
import dev.ktstr.kernel.BuildListener.Progress;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.internal.ImageFile;
import dev.ktstr.kernel.internal.ProcessGroup;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs make over a kernel tree, into a build folder of its own; keeps its output, and makes sense of it. */
final class Make {
    private static final Pattern STEP = Pattern.compile("  ([A-Z][A-Z0-9]*)(?: \\[M])?\\s+(\\S+)");
    private static final Pattern ERROR = Pattern.compile(
            "(?i).*(: (fatal )?error: | error: linker|undefined reference to|: No space left on device|internal compiler "
                    + "error|^ld(\\.lld)?: |: command not found|No rule to make target).*");
    private static final Pattern MAKE_ERROR = Pattern.compile("make(\\[\\d+])?: \\*\\*\\* .*");
    /** A shell adds 128 to the signal that ended its child. */
    private static final int SIGNALLED = 128;

    private static final int CONTEXT = 3;
    private static final long TICK_NS = Duration.ofMillis(200).toNanos();
    /** What make must not inherit: it would be taken for a sub-make of a make above us, or for other options. */
    private static final List<String> FOREIGN = List.of(
            "MAKEFLAGS",
            "MAKELEVEL",
            "MFLAGS",
            "MAKEFILES",
            "MAKEOVERRIDES",
            "ARCH",
            "CROSS_COMPILE",
            "KBUILD_OUTPUT",
            "O",
            "KCONFIG_CONFIG",
            "KCONFIG_ALLCONFIG",
            "LLVM",
            "V",
            "W",
            "C",
            "M");

    private final Path tree;
    private final Path objects;
    private final Path log;
    private final List<String> given;
    private final String what;
    private final Duration limit;
    private boolean killed;

    /**
     * @param tree top of the sources
     * @param objects where everything is built, {@code O=}
     * @param log what all output is appended to
     * @param given variables that each make is given, {@code ARCH=x86_64}
     * @param what what is built, for messages: {@code Linux 6.14.2}
     * @param limit how long one make may take
     */
    Make(Path tree, Path objects, Path log, List<String> given, String what, Duration limit) {
        this.tree = tree;
        this.objects = objects;
        this.log = log;
        this.given = List.copyOf(given);
        this.what = what;
        this.limit = limit;
    }

    /** Makes a target that is over soon, such as {@code olddefconfig}. */
    void quick(String target) {
        run("make " + target + " of " + what, List.of(target), new Output(null, 0));
    }

    /**
     * Compiles.
     *
     * @param expected objects there will be, 0 when that is not known
     * @return objects that were compiled
     */
    long compile(List<String> targets, int jobs, long expected, BuildListener listener) {
        List<String> arguments = new ArrayList<>(List.of("-j" + jobs));
        arguments.addAll(targets);
        Output output = new Output(listener, expected);
        run("build " + what, arguments, output);
        return output.objects;
    }

    /** The command, as a list. */
    List<String> command(List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of("make", "-C", tree.toString(), "O=" + objects));
        argv.addAll(given);
        argv.addAll(arguments);
        return argv;
    }

    /** Top of the sources. */
    Path tree() {
        return tree;
    }

    /** Whether the last make did not end by itself, and may have left something half written. */
    boolean wasKilled() {
        return killed;
    }

    private void run(String doing, List<String> arguments, Output output) {
        List<String> argv = command(arguments);
        Map<String, @Nullable String> environment = new HashMap<>();
        FOREIGN.forEach(name -> environment.put(name, null));
        int status;
        // Two resources: a writer that cannot write its last bytes, on a full disk, leaves its stream open.
        try (OutputStream file = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                Writer writer = new BufferedWriter(new OutputStreamWriter(file, StandardCharsets.UTF_8))) {
            writer.write("$ " + String.join(" ", argv) + "\n");
            output.to = writer;
            killed = true;
            status = ProcessGroup.run(doing, argv, tree, environment, limit, output::line);
            killed = status >= SIGNALLED;
        } catch (IOException e) {
            throw ImageFile.failed("write the log", log, e);
        }
        if (output.failure != null) {
            throw ImageFile.failed("write the log", log, output.failure);
        }
        if (status != 0) {
            throw new KernelException("cannot " + doing + ": make ended with status " + status + output.explanation()
                    + "\nThe whole log: " + log);
        }
    }

    /** Reads what make prints; lines come from one thread, which is over before the results are read. */
    private static final class Output {
        private final @Nullable BuildListener listener;
        private final long expected;
        private final long start = System.nanoTime();
        private final List<String> error = new ArrayList<>();
        private final List<String> last = new ArrayList<>();
        private long objects;
        private long told;
        private boolean collecting;
        private @Nullable String makeError;

        @Nullable
        Writer to;

        @Nullable
        IOException failure;

        Output(@Nullable BuildListener listener, long expected) {
            this.listener = listener;
            this.expected = expected;
        }

        void line(String line) {
            try {
                if (to != null && failure == null) {
                    to.write(line);
                    to.write('\n');
                }
            } catch (IOException | UncheckedIOException e) {
                failure = e instanceof IOException io ? io : new IOException(e);
            }
            Matcher step = STEP.matcher(line);
            if (step.lookingAt()) {
                step(step.group(1), step.group(2));
                collecting = false;
            } else {
                look(line);
            }
        }

        private void step(String kind, String file) {
            boolean object = file.endsWith(".o");
            if (object) {
                objects++;
            }
            boolean late = file.startsWith("vmlinux") || kind.equals("BTF") || kind.equals("BTFIDS");
            long now = System.nanoTime();
            if (listener != null && (late || now - told >= TICK_NS)) {
                told = now;
                listener.progress(progress(late ? "linking (" + kind + " " + file + ")" : "compiling", now));
            }
        }

        private Progress progress(String what, long now) {
            Duration elapsed = Duration.ofNanos(now - start);
            long guess = expected == 0 ? 0 : Math.max(expected, objects);
            // Early on the pace says little: the first objects are the build's own programs.
            boolean tell = guess > 0 && objects >= 50;
            Duration left = tell ? elapsed.multipliedBy(guess - objects).dividedBy(objects) : null;
            return new Progress(what, objects, guess, "objects", elapsed, left);
        }

        private void look(String line) {
            last.add(line);
            if (last.size() > 10) {
                last.remove(0);
            }
            if (makeError == null && MAKE_ERROR.matcher(line).matches()) {
                makeError = line;
                collecting = false;
            }
            if (error.isEmpty() && ERROR.matcher(line).matches()) {
                collecting = true;
            }
            if (collecting && error.size() <= CONTEXT) {
                error.add(line);
            }
        }

        String explanation() {
            if (!error.isEmpty()) {
                String space = ImageFile.ifDiskIsFull(error.get(0));
                return ". The first error:\n  " + String.join("\n  ", error) + space;
            }
            List<String> end = last.stream().filter(l -> !l.isBlank()).toList();
            String first = Optional.ofNullable(makeError)
                    .filter(m -> !end.contains(m))
                    .map(m -> "\n  " + m)
                    .orElse("");
            return end.isEmpty()
                    ? " and printed no error"
                    : ". Its last lines:" + first + "\n  " + String.join("\n  ", end);
        }
    }
}
