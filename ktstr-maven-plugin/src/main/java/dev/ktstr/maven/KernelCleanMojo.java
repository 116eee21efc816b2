package dev.ktstr.maven;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelCleaner;
import dev.ktstr.kernel.KernelException;
import java.io.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** Removes kernels from the cache: all, all but the newest few, or the corrupt; asks first. */
@Mojo(name = "kernel-clean", requiresProject = false, aggregator = true, threadSafe = true)
public final class KernelCleanMojo extends KtstrMojo {
    /** How many of the most recently stored kernels stay; 0 when not set. */
    @Parameter(property = "ktstr.keep")
    private @Nullable String keep;

    /** Remove only the entries whose files are not what was stored; every file is hashed. */
    @Parameter(property = "ktstr.corruptOnly")
    private @Nullable String corruptOnly;

    /** Do not ask. Needed where there is no terminal. */
    @Parameter(property = "ktstr.force")
    private @Nullable String force;

    @Override
    public void execute() throws MojoExecutionException {
        Options options = options();
        Predicate<String> ask = options.flag("force", force) ? question -> true : terminal();
        try {
            run(
                    new KernelCleaner(KernelCache.standard()),
                    options.text("keep", keep, ""),
                    options.flag("corruptOnly", corruptOnly),
                    ask);
        } catch (KernelException e) {
            throw new MojoExecutionException(e.getMessage(), e);
        }
    }

    /**
     * Removes what the options say.
     *
     * @param ask asks before anything goes; null when there is nobody to ask, so nothing may go
     */
    void run(KernelCleaner cleaner, String keepText, boolean onlyCorrupt, @Nullable Predicate<String> ask)
            throws MojoExecutionException {
        if (onlyCorrupt && !keepText.isEmpty()) {
            throw new MojoExecutionException("-Dktstr.keep and -Dktstr.corruptOnly exclude each other");
        }
        if (!keepText.matches("\\d{0,6}")) {
            throw new MojoExecutionException("-Dktstr.keep is '" + keepText + "'; it must be a number of kernels");
        }
        int count = keepText.isEmpty() ? 0 : Integer.parseInt(keepText);
        List<KernelCleaner.Victim> victims = onlyCorrupt ? cleaner.corrupt() : cleaner.allBut(count);
        if (victims.isEmpty()) {
            getLog().info("nothing to remove");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("KEY", "SIZE", "WHY"));
        victims.forEach(v -> rows.add(List.of(v.key(), megabytes(v.bytes()), KernelRows.shortened(v.key(), v.why()))));
        Table.align(rows).forEach(line -> getLog().info(line));
        long bytes = victims.stream().mapToLong(KernelCleaner.Victim::bytes).sum();
        String what = victims.size() == 1 ? "this kernel" : "these " + victims.size() + " kernels";
        if (ask == null) {
            throw new MojoExecutionException(
                    "nothing was removed: there is no terminal to ask on; say -Dktstr.force to go without asking");
        }
        if (ask.test("Remove " + what + " (" + megabytes(bytes) + ")? [y/N] ")) {
            cleaner.remove(victims, line -> getLog().info(line));
        } else {
            getLog().info("nothing was removed");
        }
    }

    private @Nullable Predicate<String> terminal() {
        Console console = session().getRequest().isInteractiveMode() ? System.console() : null;
        if (console == null) {
            return null;
        }
        return question -> {
            String answer = console.readLine("%s", question);
            return answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
        };
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
