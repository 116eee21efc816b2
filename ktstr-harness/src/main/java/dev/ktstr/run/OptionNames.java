package dev.ktstr.run;

import dev.ktstr.rules.Suggestions;
import java.util.Collection;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The names of all options, of runs and of goals: {@code kernel} is {@code -Dktstr.kernel} and {@code KTSTR_KERNEL}. A build tool hands any
 * property on without a word, so a name that is nearly one of these is worth one.
 */
public final class OptionNames {
    /** All of them, without the prefix. The docs page {@code options.md} has each, which a test sees to. */
    public static final List<String> ALL = List.of(
            "arch",
            "attach.timeout",
            "backend",
            "boot.timeout",
            "budget",
            "calibrate",
            "clean",
            "clear",
            "compileCommands",
            "compiler",
            "corruptOnly",
            "costs",
            "duration",
            "exit.watch",
            "filter",
            "force",
            "groups",
            "host.cgroup",
            "hugepages",
            "jobs",
            "kaslr",
            "kconfig.base",
            "kconfig.extra",
            "keep",
            "kernel",
            "kernel.candidates",
            "kernel.mirror",
            "kernel.releases",
            "log.passes",
            "mapwrite.timeout",
            "maxOvercommit",
            "monitor",
            "monitor.interval",
            "noPerfMode",
            "output",
            "outputFile",
            "pahole",
            "parallel",
            "parallel.overcommit",
            "parallel.timeout",
            "presets",
            "qemu",
            "qemu.cpu",
            "range",
            "remoteCache",
            "remoteCache.readOnly",
            "scheduler",
            "scheduler.path",
            "scope",
            "seed",
            "shard",
            "shard.total",
            "sidecar.dir",
            "suite",
            "template",
            "template.ahead",
            "template.budget",
            "template.dir",
            "template.seed",
            "verifier.against",
            "verifier.build",
            "verifier.raw",
            "verifier.shareVm",
            "verifier.skip",
            "verify",
            "workType",
            "workers");

    /** Read from the environment alone, since they are wanted before there are options. */
    private static final List<String> ENVIRONMENT = List.of("CACHE_DIR");

    private static final String PROPERTY = "ktstr.";
    private static final String VARIABLE = "KTSTR_";

    private OptionNames() {}

    /** A line for each property, and then for each variable, whose name is nearly that of an option. */
    public static List<String> misspelt(Collection<String> properties, Collection<String> variables) {
        Stream<String> asVariables = Stream.concat(ALL.stream().map(Options::environmentName), ENVIRONMENT.stream());
        return Stream.concat(
                        lines("-D", PROPERTY, properties, new TreeSet<>(ALL)),
                        lines("", VARIABLE, variables, asVariables.collect(Collectors.toCollection(TreeSet::new))))
                .toList();
    }

    /** {@code known} is sorted, so that of equally near names always the same is named. */
    private static Stream<String> lines(String dash, String prefix, Collection<String> given, SortedSet<String> known) {
        return given.stream()
                .filter(name -> name.startsWith(prefix) && !known.contains(name.substring(prefix.length())))
                .sorted()
                .flatMap(name -> Suggestions.nearest(name.substring(prefix.length()), known)
                        .map(near -> dash + name + " is no option; did you mean " + dash + prefix + near + "?")
                        .stream());
    }
}
