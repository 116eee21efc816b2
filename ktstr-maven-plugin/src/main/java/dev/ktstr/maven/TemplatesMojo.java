package dev.ktstr.maven;

import dev.ktstr.kernel.KernelCache;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.template.TemplateMode;
import dev.ktstr.vm.template.Templates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Lists the templates that guests are forked from, with what each was made of; with -Dktstr.clear removes them all, and what
 * killed processes left half written. Runs that are under way do not mind.
 */
@Mojo(name = "templates", requiresProject = false, aggregator = true, threadSafe = true)
public final class TemplatesMojo extends KtstrMojo {
    /** Remove instead of list. */
    @Parameter(property = "ktstr.clear")
    private @Nullable String clear;

    /** The folder given to runs as ktstr.template.dir, if one was. */
    @Parameter(property = "ktstr.template.dir")
    private @Nullable String templateDir;

    @Override
    public void execute() throws MojoExecutionException {
        Options options = options();
        String folder = options.text("template.dir", templateDir, "");
        TemplateMode place = folder.isEmpty() ? TemplateMode.ON : TemplateMode.DISK;
        Path cache = folder.isEmpty() ? KernelCache.root(System.getenv()) : Path.of(folder);
        try {
            Templates templates =
                    place.open(cache.toAbsolutePath(), Optional.empty()).orElseThrow();
            if (options.flag("clear", clear)) {
                List<Path> removed = templates.clear();
                removed.forEach(file -> getLog().info("removed " + file));
                getLog().info(removed.size() + " templates removed");
            } else {
                lines(templates.list(), Instant.now()).forEach(line -> getLog().info(line));
            }
        } catch (VmException | IOException e) {
            throw new MojoExecutionException("The templates cannot be read: " + e.getMessage(), e);
        }
    }

    static List<String> lines(List<Templates.Listed> templates, Instant now) {
        if (templates.isEmpty()) {
            return List.of("no templates; a run makes one for each kind of guest that it boots");
        }
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("PLACE", "MIB", "USED", "TOPOLOGY", "RAM", "KERNEL", "QEMU", "FILE"));
        for (Templates.Listed t : templates) {
            rows.add(List.of(
                    t.kind(),
                    Long.toString((t.bytes() + (1 << 20) - 1) >> 20),
                    ago(Duration.between(t.usedAt(), now)),
                    value(t, "topology"),
                    value(t, "memoryMb"),
                    value(t, "kernelLabel"),
                    firstWord(value(t, "qemu")),
                    t.path().getFileName().toString()));
        }
        List<String> lines = new ArrayList<>(Table.align(rows));
        templates.forEach(t -> t.problem().ifPresent(why -> lines.add("damaged, is not used: " + why)));
        lines.add(String.format(
                Locale.ROOT,
                "%d templates, %d MiB; 'mvn ktstr:templates -Dktstr.clear' removes them",
                templates.size(),
                templates.stream().mapToLong(Templates.Listed::bytes).sum() >> 20));
        return lines;
    }

    private static String value(Templates.Listed template, String name) {
        return template.key().map(key -> key.value(name)).orElse("-");
    }

    private static String firstWord(String text) {
        int end = text.indexOf(' ');
        return end < 0 ? text : text.substring(0, end);
    }

    private static String ago(Duration time) {
        if (time.toDays() > 0) {
            return time.toDays() + " d ago";
        }
        return time.toHours() > 0 ? time.toHours() + " h ago" : Math.max(0, time.toMinutes()) + " min ago";
    }
}
