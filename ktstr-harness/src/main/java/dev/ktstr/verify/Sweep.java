package dev.ktstr.verify;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.result.ProjectCommit;
import dev.ktstr.result.Timings;
import dev.ktstr.rules.Suggestions;
import dev.ktstr.run.Applicability;
import dev.ktstr.run.DeclaredScheduler;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.RunException;
import dev.ktstr.run.SchedulerGuest;
import dev.ktstr.spec.GauntletPreset;
import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The verifier sweep: every declared scheduler on every kernel in force that it is for, on every preset that it takes. Each cell
 * has a guest of its own, unless asked otherwise.
 */
public final class Sweep {
    private final List<Cell> cells;
    private final Options options;
    private final Path baseDir;

    private Sweep(List<Cell> cells, Options options, Path baseDir) {
        this.cells = List.copyOf(cells);
        this.options = options;
        this.baseDir = baseDir;
    }

    /**
     * The cells of a project, narrowed by the options {@code scheduler} and {@code presets}, lists of names. Schedulers that are
     * part of the kernel have no program to load and therefore no cells.
     *
     * @param baseDir the project's folder
     * @throws RunException when a name is not known, or a definition is wrong
     */
    public static Sweep of(Registry registry, KernelsInForce kernels, Options options, Path baseDir) {
        List<DeclaredScheduler> schedulers = named(
                "scheduler",
                options,
                registry.schedulers().stream()
                        .filter(s -> s.entry().isProcess())
                        .toList(),
                s -> s.entry().name());
        List<GauntletPreset> presets =
                named("presets", options, GauntletPreset.all(System.getProperty("os.arch", "")), GauntletPreset::name);
        List<Cell> cells = new ArrayList<>();
        Map<String, KernelImage> images = labelled(kernels);
        for (DeclaredScheduler scheduler : schedulers) {
            images.forEach((label, kernel) -> presets.stream()
                    .filter(preset -> scheduler.limits().accepts(preset.topology()))
                    .map(preset -> new Cell(scheduler, kernel, label, preset))
                    .filter(cell -> Applicability.withoutHost(cell.variant().shape(), Optional.of(kernel))
                            .isEmpty())
                    .forEach(cells::add));
        }
        return new Sweep(cells, options, baseDir);
    }

    /** By the version in short where that tells them apart, else by the label of test names. */
    private static Map<String, KernelImage> labelled(KernelsInForce kernels) {
        Collection<KernelImage> images = kernels.byLabel().values();
        boolean told = images.stream().map(KernelImage::label).distinct().count() == images.size();
        Map<String, KernelImage> labelled = new LinkedHashMap<>();
        kernels.byLabel().forEach((label, image) -> labelled.put(told ? image.label() : label, image));
        return labelled;
    }

    private interface Name<T> {
        String of(T one);
    }

    /** Those that the option lists; all when it is not given. */
    private static <T> List<T> named(String option, Options options, List<T> all, Name<T> name) {
        Optional<String> asked = options.get(option);
        if (asked.isEmpty()) {
            return all;
        }
        List<String> known = all.stream().map(name::of).toList();
        List<T> chosen = new ArrayList<>();
        for (String one : asked.get().split(",", -1)) {
            int at = known.indexOf(one.strip());
            if (at < 0) {
                throw RunException.setup(
                        "options",
                        "-Dktstr." + option + "=" + asked.get() + ": there is no '" + one.strip() + "'"
                                + Suggestions.nearest(one.strip(), known)
                                        .map(near -> ", did you mean '" + near + "'?")
                                        .orElse(".")
                                + " There are: " + (known.isEmpty() ? "none" : String.join(", ", known)));
            }
            if (!chosen.contains(all.get(at))) {
                chosen.add(all.get(at));
            }
        }
        return chosen;
    }

    /** The same cells, run with other options and from another folder. */
    Sweep with(Options other, Path folder) {
        return new Sweep(cells, other, folder);
    }

    /** Some of the cells. */
    Sweep only(Predicate<Cell> wanted) {
        return new Sweep(cells.stream().filter(wanted).toList(), options, baseDir);
    }

    /** The cells, by scheduler, then kernel, then preset, each in the order asked for. */
    public List<Cell> cells() {
        return cells;
    }

    /**
     * Runs all cells, each to its end.
     *
     * @param folder what cells leave goes below it, under kernel, scheduler and preset
     * @param done told of each cell as soon as it is over
     */
    public List<CellResult> run(Path folder, Consumer<CellResult> done) {
        List<CellResult> results = new ArrayList<>();
        for (List<Cell> group : groups()) {
            runTogether(group, folder, result -> {
                results.add(result);
                done.accept(result);
            });
        }
        results.sort((a, b) -> Integer.compare(cells.indexOf(a.cell()), cells.indexOf(b.cell())));
        return results;
    }

    /** Cells that have a guest in common: those of one kernel and preset whose schedulers ask nothing of the guest. */
    private List<List<Cell>> groups() {
        boolean share = options.on("verifier.shareVm");
        Map<Object, List<Cell>> groups = new LinkedHashMap<>();
        for (Cell cell : cells) {
            boolean plain = cell.scheduler().entry().kargs().isEmpty()
                    && cell.scheduler().entry().sysctls().isEmpty();
            Object key = share && plain ? List.of(cell.kernelLabel(), cell.preset()) : cell;
            groups.computeIfAbsent(key, k -> new ArrayList<>()).add(cell);
        }
        return new ArrayList<>(groups.values());
    }

    private void runTogether(List<Cell> group, Path folder, Consumer<CellResult> done) {
        Cell first = group.get(0);
        Optional<String> refusal = SchedulerGuest.refusal(first.variant(), options);
        if (refusal.isPresent()) {
            group.forEach(cell -> done.accept(CellResult.skipped(cell, refusal.get())));
            return;
        }
        List<Cell> left = new ArrayList<>(group);
        while (!left.isEmpty()) {
            runInOne(left, folder, done);
        }
    }

    /** Runs cells in one guest, until there are no more or the guest is no good any more; takes them off the list. */
    private void runInOne(List<Cell> left, Path folder, Consumer<CellResult> done) {
        Timings timings = new Timings();
        Cell first = left.get(0);
        Path home = home(folder, first);
        CellRun run = new CellRun(first, home, timings);
        try (SchedulerGuest guest =
                timings.time("boot", () -> SchedulerGuest.boot(first.variant(), options, baseDir, home))) {
            while (true) {
                left.remove(0);
                CellResult result = run.in(guest);
                done.accept(result);
                // What failed may have left the guest in any state.
                if (left.isEmpty() || result.status() == CellResult.Status.FAIL) {
                    return;
                }
                run = new CellRun(left.get(0), home(folder, left.get(0)), new Timings());
            }
        } catch (RunException | KernelException | VmException e) {
            if (!left.isEmpty() && left.get(0).equals(first)) {
                left.remove(0);
                done.accept(run.failed(e));
            } else {
                throw e;
            }
        }
    }

    private static Path home(Path folder, Cell cell) {
        Path home = folder.resolve(cell.kernelLabel())
                .resolve(cell.schedulerName() + "-" + cell.preset().name());
        try {
            return Files.createDirectories(home);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the folder " + home + ": " + e.getMessage(), e);
        }
    }

    /** The commit of the project that is swept. */
    public String commit() {
        return ProjectCommit.of(baseDir);
    }
}
