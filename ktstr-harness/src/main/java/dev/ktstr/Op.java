package dev.ktstr;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One operation on a running scenario, carried out by the agent in the guest on the guest's clock. Cgroups are named as in
 * their {@link CgroupDef}. An op that cannot be carried out ends the scenario, and the result says which it was.
 */
public sealed interface Op {
    /** Makes an empty cgroup; the cgroups above it are made as needed. */
    static Op addCgroup(String cgroup) {
        return new AddCgroup(CgroupDef.requireName(cgroup));
    }

    /** Makes a cgroup and starts its workers. */
    static Op addCgroupDef(CgroupDef def) {
        return new AddCgroupDef(def);
    }

    /** Removes a cgroup; workers that are left in it are stopped first. */
    static Op removeCgroup(String cgroup) {
        return new OnCgroup(OnCgroup.Action.REMOVE_CGROUP, cgroup);
    }

    /** Confines a cgroup to those CPUs. */
    static Op setCpuset(String cgroup, CpusetSpec cpus) {
        return new SetCpuset(cgroup, cpus);
    }

    /** Gives a cgroup every CPU of the cgroup above it. */
    static Op clearCpuset(String cgroup) {
        return new OnCgroup(OnCgroup.Action.CLEAR_CPUSET, cgroup);
    }

    /** Gives each of two cgroups the other's CPUs. */
    static Op swapCpusets(String cgroup, String other) {
        return new OnTwoCgroups(OnTwoCgroups.PairAction.SWAP_CPUSETS, cgroup, other);
    }

    /** Starts workers in a cgroup. */
    static Op spawn(String cgroup, WorkSpec work) {
        return new Spawn(cgroup, work);
    }

    /** Stops the workers of a cgroup and collects what they report; the cgroup stays. */
    static Op stopCgroup(String cgroup) {
        return new OnCgroup(OnCgroup.Action.STOP_CGROUP, cgroup);
    }

    /** Changes the affinity of the workers of a cgroup. */
    static Op setAffinity(String cgroup, Affinity affinity) {
        return new SetAffinity(cgroup, affinity);
    }

    /** Starts workers outside the managed cgroups, in the root: load that the scheduler was not told of. */
    static Op spawnHost(WorkSpec work) {
        return new SpawnHost(work);
    }

    /** Moves all tasks of one cgroup into another. */
    static Op moveAllTasks(String from, String to) {
        return new OnTwoCgroups(OnTwoCgroups.PairAction.MOVE_ALL_TASKS, from, to);
    }

    /** Freezes a cgroup, and goes on when it is frozen. What a step froze is thawed when it ends. */
    static Op freezeCgroup(String cgroup) {
        return new OnCgroup(OnCgroup.Action.FREEZE_CGROUP, cgroup);
    }

    /** Thaws a cgroup. */
    static Op unfreezeCgroup(String cgroup) {
        return new OnCgroup(OnCgroup.Action.UNFREEZE_CGROUP, cgroup);
    }

    /** Starts a payload in the background, in the root cgroup; without {@code args} it gets its {@code defaultArgs}. */
    static RunPayload runPayload(Class<?> payload, String... args) {
        return new RunPayload(payload, "", "", List.of(args), Optional.empty());
    }

    /** Waits until a payload ends, for a minute at most. */
    static Op waitPayload(Class<?> payload) {
        return new WaitPayload(Optional.of(payload), "", WaitPayload.A_MINUTE);
    }

    /** Waits until a payload ends that was started {@linkplain RunPayload#as as} {@code handle}, for a minute at most. */
    static Op waitPayload(String handle) {
        return waitPayload(handle, WaitPayload.A_MINUTE);
    }

    /** Waits until a payload ends, for that long at most; one that takes longer ends the scenario. */
    static Op waitPayload(String handle, Duration timeout) {
        return new WaitPayload(Optional.empty(), handle, timeout);
    }

    /** Ends a payload. */
    static Op killPayload(Class<?> payload) {
        return new KillPayload(Optional.of(payload), "");
    }

    /** Ends a payload that was started {@linkplain RunPayload#as as} {@code handle}. */
    static Op killPayload(String handle) {
        return new KillPayload(Optional.empty(), handle);
    }

    /** Has the host capture the scheduler's state under that name; the guest stands still meanwhile. */
    static Op captureSnapshot(String name) {
        return new OnHost(OnHost.Request.CAPTURE_SNAPSHOT, name);
    }

    /**
     * Has the host capture the scheduler's state at each write of the guest to a symbol, from now to the scenario's end: a global
     * variable of the scheduler or a part of one ({@code stats.local[2]}), or a variable of the kernel ({@code panic_timeout}). At most
     * three are watched at once. The captures are {@link dev.ktstr.snapshot.SampleSeries#writesTo}.
     */
    static Op watchSnapshot(String symbol) {
        return new OnHost(OnHost.Request.WATCH_SNAPSHOT, symbol);
    }

    /** Starts the scheduler under test, after {@link #detachScheduler}. */
    static Op attachScheduler() {
        return new OnScheduler(OnScheduler.Change.ATTACH_SCHEDULER, "");
    }

    /** Stops the scheduler under test; the kernel's own takes over. */
    static Op detachScheduler() {
        return new OnScheduler(OnScheduler.Change.DETACH_SCHEDULER, "");
    }

    /** Stops the scheduler under test and starts it again. */
    static Op restartScheduler() {
        return new OnScheduler(OnScheduler.Change.RESTART_SCHEDULER, "");
    }

    /** Puts another declared scheduler in the place of the one under test. */
    static Op replaceScheduler(String name) {
        return new OnScheduler(OnScheduler.Change.REPLACE_SCHEDULER, name);
    }

    /** What it does, as its factory is called. */
    String what();

    /** What it is done to: a cgroup, a payload; empty for none. */
    String subject();

    private static String camelCase(Enum<?> kind) {
        StringBuilder text = new StringBuilder();
        for (String word : kind.name().split("_", -1)) {
            String lower = word.toLowerCase(Locale.ROOT);
            text.append(text.isEmpty() ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
        }
        return text.toString();
    }

    private static void requireWord(String op, String text) {
        if (text.isBlank() || text.chars().anyMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c))) {
            throw new IllegalArgumentException(op + " needs a name without blanks, got '" + text + "'");
        }
    }

    /** See {@link #addCgroup}. */
    record AddCgroup(String cgroup) implements Op {
        @Override
        public String what() {
            return "addCgroup";
        }

        @Override
        public String subject() {
            return cgroup;
        }
    }

    /** See {@link #addCgroupDef}. */
    record AddCgroupDef(CgroupDef def) implements Op {
        @Override
        public String what() {
            return "addCgroupDef";
        }

        @Override
        public String subject() {
            return def.name();
        }
    }

    /** An op that needs a cgroup and nothing else. */
    record OnCgroup(Action kind, String cgroup) implements Op {
        /** Which op. */
        public enum Action {
            /** See {@link Op#removeCgroup}. */
            REMOVE_CGROUP,
            /** See {@link Op#clearCpuset}. */
            CLEAR_CPUSET,
            /** See {@link Op#stopCgroup}. */
            STOP_CGROUP,
            /** See {@link Op#freezeCgroup}. */
            FREEZE_CGROUP,
            /** See {@link Op#unfreezeCgroup}. */
            UNFREEZE_CGROUP
        }

        @Override
        public String what() {
            return camelCase(kind);
        }

        @Override
        public String subject() {
            return cgroup;
        }
    }

    /** An op on two cgroups. */
    record OnTwoCgroups(PairAction kind, String cgroup, String other) implements Op {
        /** Which op. */
        public enum PairAction {
            /** See {@link Op#swapCpusets}. */
            SWAP_CPUSETS,
            /** See {@link Op#moveAllTasks}. */
            MOVE_ALL_TASKS
        }

        /** @throws IllegalArgumentException when both are the same */
        public OnTwoCgroups {
            if (cgroup.equals(other)) {
                throw new IllegalArgumentException(camelCase(kind) + " needs two cgroups, got '" + cgroup + "' twice");
            }
        }

        @Override
        public String what() {
            return camelCase(kind);
        }

        @Override
        public String subject() {
            return cgroup;
        }
    }

    /** See {@link #setCpuset}. */
    record SetCpuset(String cgroup, CpusetSpec cpus) implements Op {
        @Override
        public String what() {
            return "setCpuset";
        }

        @Override
        public String subject() {
            return cgroup;
        }
    }

    /** See {@link #spawn}. */
    record Spawn(String cgroup, WorkSpec work) implements Op {
        /** @throws IllegalArgumentException when the group is not sound */
        public Spawn {
            work.requireSound();
        }

        @Override
        public String what() {
            return "spawn";
        }

        @Override
        public String subject() {
            return cgroup;
        }
    }

    /** See {@link #spawnHost}. */
    record SpawnHost(WorkSpec work) implements Op {
        /** @throws IllegalArgumentException when the group is not sound */
        public SpawnHost {
            work.requireSound();
        }

        @Override
        public String what() {
            return "spawnHost";
        }

        @Override
        public String subject() {
            return "";
        }
    }

    /** See {@link #setAffinity}. */
    record SetAffinity(String cgroup, Affinity affinity) implements Op {
        @Override
        public String what() {
            return "setAffinity";
        }

        @Override
        public String subject() {
            return cgroup;
        }
    }

    /**
     * See {@link #runPayload}.
     *
     * @param payload a type annotated {@code @Payload}
     * @param handle what later ops call it, empty for the payload's name
     * @param cgroup where it runs, empty for the root
     * @param args its arguments, empty for its own
     * @param timeout how long it may take, or empty for as long as the scenario
     */
    record RunPayload(Class<?> payload, String handle, String cgroup, List<String> args, Optional<Duration> timeout)
            implements Op {
        /** Copies the arguments. */
        public RunPayload {
            args = List.copyOf(args);
            timeout.ifPresent(time -> Limits.positive("the time for a payload", time));
        }

        /** The same, in a cgroup. */
        public RunPayload inCgroup(String name) {
            return new RunPayload(payload, handle, name, args, timeout);
        }

        /** The same, called that by later ops: a payload may run several times at once. */
        public RunPayload as(String name) {
            requireWord("a payload's handle", name);
            return new RunPayload(payload, name, cgroup, args, timeout);
        }

        /** The same, ended as a failure when it takes longer. */
        public RunPayload timeout(Duration limit) {
            return new RunPayload(payload, handle, cgroup, args, Optional.of(limit));
        }

        @Override
        public String what() {
            return "runPayload";
        }

        @Override
        public String subject() {
            return handle.isEmpty() ? payload.getSimpleName() : handle;
        }
    }

    /** See {@link #waitPayload(String, Duration)}; named by its type or its handle. */
    record WaitPayload(Optional<Class<?>> payload, String handle, Duration timeout) implements Op {
        private static final Duration A_MINUTE = Duration.ofMinutes(1);

        /** @throws IllegalArgumentException when the time is not positive */
        public WaitPayload {
            Limits.positive("the time to wait for a payload", timeout);
        }

        @Override
        public String what() {
            return "waitPayload";
        }

        @Override
        public String subject() {
            return payload.map(Class::getSimpleName).orElse(handle);
        }
    }

    /** See {@link #killPayload(String)}; named by its type or its handle. */
    record KillPayload(Optional<Class<?>> payload, String handle) implements Op {
        @Override
        public String what() {
            return "killPayload";
        }

        @Override
        public String subject() {
            return payload.map(Class::getSimpleName).orElse(handle);
        }
    }

    /** An op that the host carries out while the guest waits. */
    record OnHost(Request kind, String name) implements Op {
        /** Which op. */
        public enum Request {
            /** See {@link Op#captureSnapshot}. */
            CAPTURE_SNAPSHOT,
            /** See {@link Op#watchSnapshot}. */
            WATCH_SNAPSHOT
        }

        /** @throws IllegalArgumentException when the name is blank or has blanks */
        public OnHost {
            requireWord(camelCase(kind), name);
        }

        @Override
        public String what() {
            return camelCase(kind);
        }

        @Override
        public String subject() {
            return name;
        }
    }

    /** An op on the scheduler under test; {@code name} is the other scheduler of a replacement, else empty. */
    record OnScheduler(Change kind, String name) implements Op {
        /** Which op. */
        public enum Change {
            /** See {@link Op#attachScheduler}. */
            ATTACH_SCHEDULER,
            /** See {@link Op#detachScheduler}. */
            DETACH_SCHEDULER,
            /** See {@link Op#restartScheduler}. */
            RESTART_SCHEDULER,
            /** See {@link Op#replaceScheduler}. */
            REPLACE_SCHEDULER
        }

        @Override
        public String what() {
            return camelCase(kind);
        }

        @Override
        public String subject() {
            return name;
        }
    }
}
