package dev.ktstr.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How a scheduler is called in the guest. */
final class SchedulerArgs {
    /** Folder of the guest that files for schedulers are put into. */
    static final String INCLUDE_DIR = "/include-files/";

    private static final String FILE = "{file}";

    private SchedulerArgs() {}

    /** Config file, cgroup parent, the scheduler's own arguments, the test's, the profile's. */
    static List<String> of(Shape shape) {
        List<String> args = new ArrayList<>();
        shape.scheduler().ifPresent(s -> {
            s.configFile().ifPresent(file -> args.addAll(List.of("--config", guestPath(file))));
            configArg(s, shape.test()).ifPresent(args::addAll);
            s.cgroupParent().ifPresent(path -> args.addAll(List.of("--cell-parent-cgroup", path)));
            args.addAll(s.args());
        });
        args.addAll(shape.test().extraSchedArgs());
        args.addAll(shape.profile().args());
        return args;
    }

    /** Where a host file with a scheduler's configuration lies in the guest. */
    static String guestPath(String configFile) {
        return INCLUDE_DIR + Path.of(configFile).getFileName();
    }

    /** Where a test's own configuration lies in the guest; empty when the scheduler takes none. */
    static Optional<String> guestPathOfConfig(SchedulerEntry scheduler) {
        return scheduler
                .configFileArg()
                .map(arg -> scheduler.configFileGuestPath().orElse(INCLUDE_DIR + scheduler.name() + ".config"));
    }

    private static Optional<List<String>> configArg(SchedulerEntry scheduler, TestEntry test) {
        if (test.config().isEmpty()) {
            return Optional.empty();
        }
        return guestPathOfConfig(scheduler)
                .map(path -> List.of(
                                scheduler.configFileArg().orElseThrow().strip().split("\\s+", -1))
                        .stream()
                        .map(word -> word.replace(FILE, path))
                        .toList());
    }
}
