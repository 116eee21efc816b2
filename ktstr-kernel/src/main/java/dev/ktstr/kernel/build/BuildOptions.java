package dev.ktstr.kernel.build;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How kernels are built.
 *
 * @param kconfig the configuration, and with it the architecture
 * @param compiler what compiles
 * @param pahole the program that writes BTF, {@link #PAHOLE} for the one on the search path, or an absolute path
 * @param jobs how many compilers run at a time, at least 1
 * @param force build even what is cached
 * @param clean throw away what an earlier build of the same tree left
 * @param compileCommands write {@code compile_commands.json} into local trees
 * @param limit how long one make may take
 */
public record BuildOptions(
        Kconfig kconfig,
        Compiler compiler,
        String pahole,
        int jobs,
        boolean force,
        boolean clean,
        boolean compileCommands,
        Duration limit) {
    /** Longer than any build of a kernel on one slow core. */
    public static final Duration STANDARD_LIMIT = Duration.ofHours(6);

    /** What the kernel's Makefile takes by itself. */
    public static final String PAHOLE = "pahole";

    /** What make is told, besides targets and folders. */
    List<String> makeArguments() {
        List<String> arguments = new ArrayList<>(compiler.makeArguments());
        if (!pahole.equals(PAHOLE)) {
            arguments.add("PAHOLE=" + pahole);
        }
        return arguments;
    }
}
