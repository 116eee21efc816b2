package dev.ktstr.run;

import dev.ktstr.Guest;
import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.guest.SchedulerAttached;
import dev.ktstr.guest.wire.SchedulerExit;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Starts a variant's scheduler in its guest, and stops it again. */
final class SchedulerControl {
    static final Duration ATTACH_LIMIT = Duration.ofSeconds(30);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(15);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(30);
    private static final Duration SEND_LIMIT = Duration.ofSeconds(20);
    private static final String CGROUPS = "/sys/fs/cgroup";

    private final BootedGuest guest;
    private final SchedulerEntry scheduler;
    private final Prepare.Prepared prepared;
    private final Options options;
    private final Duration attachLimit;

    /** @param attachLimit how long it may take to attach, unless the user says another time */
    SchedulerControl(
            BootedGuest guest,
            SchedulerEntry scheduler,
            Prepare.Prepared prepared,
            Options options,
            Duration attachLimit) {
        this.guest = guest;
        this.scheduler = scheduler;
        this.prepared = prepared;
        this.options = options;
        this.attachLimit = attachLimit;
    }

    /**
     * Sets the sysctls, makes the cgroup it manages, and starts it.
     *
     * @return what the result says of it
     * @throws RunException when it does not start, or does not attach in time
     */
    Map<String, Object> start() {
        scheduler.sysctls().forEach((key, value) -> guest.writeText("/proc/sys/" + key.replace('.', '/'), value));
        scheduler.cgroupParent().ifPresent(this::makeCgroup);
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", scheduler.name());
        if (scheduler.builtin().isPresent()) {
            List<String> commands = scheduler.builtin().get().enable();
            commands.forEach(this::command);
            facts.put("enabledBy", commands);
            return facts;
        }
        try {
            SchedulerAttached attached = guest.session()
                    .startScheduler(prepared.schedulerArgv(), options.seconds("attach.timeout", attachLimit));
            facts.put("ops", attached.ops());
            facts.put("argv", prepared.schedulerArgv());
            return facts;
        } catch (GuestException e) {
            switch (e.kind()) {
                case SCHEDULER_EXITED, SCHEDULER_NOT_ATTACHED -> throw failed(String.valueOf(e.getMessage()), e);
                default -> throw guest.explain("attach", e);
            }
        }
    }

    /** Makes the cgroup and those above it, each with the controllers that the root gives. */
    private void makeCgroup(String path) {
        String controllers = Stream.of(
                        guest.readText(CGROUPS + "/cgroup.subtree_control").split("\\s+", -1))
                .filter(name -> !name.isBlank())
                .map(name -> "+" + name)
                .collect(Collectors.joining(" "));
        StringBuilder at = new StringBuilder(CGROUPS);
        List<GuestFile> files = new ArrayList<>();
        for (String name : path.substring(1).split("/", -1)) {
            at.append('/').append(name);
            // Sending a file makes its folder, which in this file system makes the cgroup.
            files.add(GuestFile.of(at + "/cgroup.subtree_control", 0644, controllers.getBytes(StandardCharsets.UTF_8)));
        }
        guest.session().send(files, SEND_LIMIT);
    }

    private void command(String command) {
        List<String> argv = List.of(prepared.shell(), "-c", command);
        try {
            Guest.Exec ended = guest.exec(argv, COMMAND_LIMIT);
            if (ended.exitCode() != 0 || ended.signal() != 0) {
                throw failed(
                        "the command '" + command + "' "
                                + (ended.signal() != 0
                                        ? "was ended by signal " + ended.signal()
                                        : "exited with code " + ended.exitCode())
                                + (ended.output().isBlank()
                                        ? ""
                                        : ": " + ended.output().strip()),
                        new IllegalStateException(command));
            }
        } catch (GuestException e) {
            throw guest.explain("attach", e);
        }
    }

    private RunException failed(String what, Exception cause) {
        return RunException.guest("attach", "scheduler '" + scheduler.name() + "': " + what, cause);
    }

    /**
     * Stops it while the guest still runs, so that how it ends is known and its last words are kept.
     *
     * @param known what the result says so far, so that a death is told once
     * @return what is wrong with its end
     */
    List<String> stop(List<String> known) {
        if (scheduler.builtin().isPresent()) {
            scheduler.builtin().get().disable().forEach(this::command);
            return List.of();
        }
        List<String> details = new ArrayList<>();
        Optional<SchedulerExit> early = guest.session().schedulerExit();
        if (early.isPresent()) {
            if (known.stream().noneMatch(line -> line.startsWith("scheduler process died"))) {
                details.add("scheduler process died unexpectedly outside a scenario");
                details.addAll(
                        RunContext.deathCause(early.get(), guest.session().schedulerLog()));
            }
            return details;
        }
        SchedulerExit exit = guest.session().stopScheduler(STOP_LIMIT);
        if (exit.exitCode() != 0) {
            details.add("scheduler did not end cleanly when told to stop");
            details.addAll(RunContext.deathCause(exit, guest.session().schedulerLog()));
        }
        return details;
    }
}
