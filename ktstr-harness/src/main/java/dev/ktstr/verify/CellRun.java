package dev.ktstr.verify;

import dev.ktstr.guest.GuestException;
import dev.ktstr.inspect.InspectException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.result.Timings;
import dev.ktstr.run.RunException;
import dev.ktstr.run.SchedulerGuest;
import dev.ktstr.verify.CellResult.Status;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfMap;
import dev.ktstr.vm.bpf.BpfProgram;
import dev.ktstr.vm.btf.BtfException;
import dev.ktstr.vm.kernel.KernelAccessException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Loads one scheduler in a guest that is up, looks at what the verifier made of it, sees it at work, and ends it. */
final class CellRun {
    /** How long none of a scheduler's programs may run; they run hundreds of times in a second of an idle guest. */
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(5);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);
    private static final String STATS = "/proc/sys/kernel/bpf_stats_enabled";
    private static final String STATE = "/sys/kernel/sched_ext/state";

    /** include/linux/sched/ext.h: only tasks of the policy SCHED_EXT are the scheduler's. */
    private static final long SWITCH_PARTIAL = 1 << 3;

    private final Cell cell;
    private final Path folder;
    private final Timings timings;
    private final List<String> reasons = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private List<ProgramCost> programs = List.of();
    private List<VerifierLog> logs = List.of();

    /** @param timings what was spent on the cell so far */
    CellRun(Cell cell, Path folder, Timings timings) {
        this.cell = cell;
        this.folder = folder;
        this.timings = timings;
    }

    /** Runs it; whatever goes wrong is in the result. */
    CellResult in(SchedulerGuest guest) {
        try {
            load(guest);
        } catch (RunException | KernelException | VmException | GuestException e) {
            reasons.add(String.valueOf(e.getMessage()));
            if (e.getCause() instanceof GuestException cause
                    && cause.kind() == GuestException.Kind.SCHEDULER_NOT_ATTACHED) {
                reasons.add("The verifier may still have been at work: it walks up to " + ProgramCost.LIMIT
                        + " instructions, and libbpf has a program that is refused walked again for its log."
                        + " Hint: -Dktstr.attach.timeout=SECONDS waits longer.");
            }
        } catch (InspectException | BpfException | BtfException | KernelAccessException e) {
            reasons.add("the guest's memory could not be read: " + e.getMessage());
        }
        keepLog(guest);
        return result();
    }

    /** The result of a cell whose guest did not come up. */
    CellResult failed(RuntimeException e) {
        reasons.add(String.valueOf(e.getMessage()));
        return result();
    }

    private CellResult result() {
        return new CellResult(
                cell,
                reasons.isEmpty() ? Status.PASS : Status.FAIL,
                reasons,
                warnings,
                programs,
                logs,
                timings.millis(),
                Optional.of(folder));
    }

    private void load(SchedulerGuest guest) {
        KernelView kernel = guest.kernel();
        Set<Integer> before = timings.time(
                "look",
                () -> kernel.bpf().programs().stream().map(BpfProgram::id).collect(Collectors.toSet()));
        boolean counting = timings.time("look", () -> countRuns(guest));
        timings.time("load", () -> {
            guest.start(cell.variant());
            return cell;
        });
        try {
            timings.time("look", () -> {
                look(guest, kernel, before, counting);
                return cell;
            });
        } finally {
            timings.time("stop", () -> reasons.addAll(guest.stop()));
        }
    }

    /** Lets the kernel count how often programs run; false when this one cannot. */
    private static boolean countRuns(SchedulerGuest guest) {
        try {
            guest.guest().writeText(STATS, "1");
            return true;
        } catch (GuestException e) {
            if (e.kind() == GuestException.Kind.AGENT) {
                return false;
            }
            throw e;
        }
    }

    private void look(SchedulerGuest guest, KernelView kernel, Set<Integer> before, boolean counting) {
        List<BpfProgram> loaded = own(kernel, before);
        if (loaded.isEmpty()) {
            reasons.add("it attached, and loaded no BPF program");
            return;
        }
        programs = loaded.stream().map(CellRun::cost).toList();
        List<BpfProgram> later = counting ? awaitRun(guest, kernel, before, loaded) : loaded;
        programs = later.stream().map(CellRun::cost).toList();
        String state = guest.ended().isEmpty() ? guest.guest().readText(STATE) : "enabled";
        if (!state.equals("enabled")) {
            reasons.add("it attached, and sched_ext's state is '" + state + "', not 'enabled'");
        }
        for (ProgramCost program : programs) {
            if (program.nearLimit()) {
                warnings.add(
                        program.name() + ": " + program.verifiedInsns().orElseThrow() + " instructions verified, of "
                                + ProgramCost.LIMIT + " that the verifier walks before it gives up");
            }
        }
    }

    private static List<BpfProgram> own(KernelView kernel, Set<Integer> before) {
        return kernel.bpf().programs().stream()
                .filter(p -> !before.contains(p.id()))
                .toList();
    }

    private static ProgramCost cost(BpfProgram p) {
        return new ProgramCost(
                p.name(),
                p.type(),
                p.verifiedInsns(),
                OptionalLong.empty(),
                OptionalLong.empty(),
                p.stackDepth(),
                p.jitedBytes(),
                p.runs());
    }

    /** Waits until the kernel has called the scheduler again, which in a guest with an agent it does all the time. */
    private List<BpfProgram> awaitRun(
            SchedulerGuest guest, KernelView kernel, Set<Integer> before, List<BpfProgram> loaded) {
        long runs = runs(loaded);
        long end = System.nanoTime() + IDLE_LIMIT.toNanos();
        List<BpfProgram> now = loaded;
        while (runs(now) == runs && guest.ended().isEmpty()) {
            if (System.nanoTime() > end) {
                idle(kernel);
                return now;
            }
            guest.guest().readText(STATE); // makes the agent, a task like others, run
            pause();
            now = own(kernel, before);
        }
        return now;
    }

    private static long runs(List<BpfProgram> programs) {
        return programs.stream().mapToLong(p -> p.runs().orElse(0)).sum();
    }

    private static void pause() {
        try {
            TimeUnit.NANOSECONDS.sleep(LOOK_AGAIN.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RunException.setup("look", "interrupted while a scheduler was waited for");
        }
    }

    private void idle(KernelView kernel) {
        String what = "attached, but none of its programs ran within " + IDLE_LIMIT.toSeconds() + " s";
        if (partial(kernel)) {
            warnings.add(what + "; it takes tasks of SCHED_EXT only (SCX_OPS_SWITCH_PARTIAL), and there were none");
        } else {
            reasons.add(what);
        }
    }

    private static boolean partial(KernelView kernel) {
        return kernel.bpf().maps().stream()
                .filter(map -> map.type().equals("struct_ops"))
                .anyMatch(map -> (flags(kernel, map) & SWITCH_PARTIAL) != 0);
    }

    private static long flags(KernelView kernel, BpfMap map) {
        return kernel.values().structOps(map).data().get("flags").asLong();
    }

    private void keepLog(SchedulerGuest guest) {
        String log = guest.log();
        logs = VerifierLog.in(log);
        programs = programs.stream().map(this::withStates).toList();
        if (!reasons.isEmpty()) {
            explain();
        }
        try {
            Files.writeString(folder.resolve("scheduler.log"), log);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep the scheduler's log in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** The log of the program's own name; or of no name, with a count that one log and one program alone have. */
    private ProgramCost withStates(ProgramCost program) {
        List<VerifierStats> named = stats(log -> log.program().equals(program.name()));
        if (named.size() == 1) {
            return program.withStates(named.get(0));
        }
        List<VerifierStats> same = stats(log -> log.program().isEmpty()).stream()
                .filter(stats -> program.verifiedInsns().equals(OptionalLong.of(stats.processed())))
                .toList();
        boolean only = programs.stream()
                        .filter(other -> other.verifiedInsns().equals(program.verifiedInsns()))
                        .count()
                == 1;
        return only && same.size() == 1 ? program.withStates(same.get(0)) : program;
    }

    private List<VerifierStats> stats(Predicate<VerifierLog> wanted) {
        return logs.stream()
                .filter(wanted)
                .map(VerifierLog::stats)
                .flatMap(Optional::stream)
                .toList();
    }

    /** Puts what the verifier or the kernel said before what came of it. */
    private void explain() {
        List<String> refusals = logs.stream()
                .filter(VerifierLog::refused)
                .map(refused ->
                        "the verifier refused " + (refused.program().isEmpty() ? "a program" : refused.program())
                                + refused.reason().map(reason -> ": " + reason).orElse(""))
                .toList();
        if (!refusals.isEmpty()) {
            // What the failed start says is the log's last lines, which stand below in full.
            reasons.replaceAll(CellResult::firstLine);
        }
        reasons.addAll(0, refusals);
    }
}
