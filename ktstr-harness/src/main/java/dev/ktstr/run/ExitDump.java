package dev.ktstr.run;

import dev.ktstr.inspect.InspectException;
import dev.ktstr.snapshot.CapturedState;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.Watchpoint;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.sched.ScxExit;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's state at the moment it failed. A watchpoint on its {@code exit_kind}, which the kernel writes before it takes
 * anything apart, stops the guest at the write. A thread sees to it that the watchpoint follows a scheduler that is replaced, and where
 * there is no watchpoint, looks itself.
 */
final class ExitDump implements AutoCloseable {
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LOOK_AFTER_NS = TimeUnit.MILLISECONDS.toNanos(20);

    /**
     * How long a watchpoint that was set before the write may take to tell of it. Until then the guest stands still at the write, and
     * whoever looks meanwhile sees the kind in memory: on a busy host that is long before the machine's thread gets a CPU.
     */
    private static final long HIT_NS = TimeUnit.SECONDS.toNanos(2);

    /**
     * What was there.
     *
     * @param how in words, how and when it was taken
     */
    record Dump(CapturedState state, String how) {}

    private final VirtualMachine machine;
    private final StateReader reader;
    private final ScxExit exit;
    private final Optional<Watches> watches;
    private final CountDownLatch stop = new CountDownLatch(1);
    private final Thread thread;
    private OptionalLong armed = OptionalLong.empty();
    private @Nullable String unarmed;
    private boolean late;
    private OptionalLong seenNs = OptionalLong.empty();
    private volatile @Nullable Dump dump;
    private volatile @Nullable String problem;

    /** @param watches empty where the user wants no watchpoint */
    ExitDump(VirtualMachine machine, StateReader reader, ScxExit exit, Optional<Watches> watches) {
        this.machine = machine;
        this.reader = reader;
        this.exit = exit;
        this.watches = watches;
        this.thread = new Thread(this::run, "ktstr-scx-exit");
        thread.setDaemon(true);
    }

    /** Begins to watch. */
    void start() {
        arm();
        thread.start();
    }

    /** The state in which the scheduler failed; empty as long as it has not. */
    Optional<Dump> dump() {
        return Optional.ofNullable(dump);
    }

    /** Why there is none although it failed. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    /** Looks whether the watchpoint is where the kind is. */
    private void arm() {
        OptionalLong at = exit.address();
        if (watches.isEmpty() || unarmed != null || at.equals(armed)) {
            return;
        }
        try {
            if (at.isPresent()) {
                watches.get().exit(new Watchpoint(at.getAsLong(), Integer.BYTES), this::written);
                late = kind() >= ScxExit.ERROR;
            } else {
                watches.get().removeExit();
            }
            armed = at;
            seenNs = OptionalLong.empty();
        } catch (VmException | IllegalArgumentException e) {
            unarmed = String.valueOf(e.getMessage());
            armed = OptionalLong.empty();
        }
    }

    /** On the machine's thread, while the guest stands still. The kernel writes it when a scheduler is taken off in peace, too. */
    private void written(int cpu) {
        int kind = exit.kind();
        if (kind >= ScxExit.ERROR && dump == null) {
            try {
                dump = new Dump(
                        reader.standing().state(),
                        "taken at the write of " + exit.place() + " (" + exit.name(kind) + ") by CPU " + cpu
                                + ", before the kernel took the scheduler apart");
            } catch (InspectException | BpfException | KernelAccessException e) {
                problem = String.valueOf(e.getMessage());
            }
        }
    }

    private void run() {
        reader.warmUp();
        try {
            while (!stop.await(armed.isPresent() ? LOOK_AFTER_NS : LOOK_NS, TimeUnit.NANOSECONDS)
                    && machine.exit().isEmpty()
                    && !look()) {
                arm();
            }
            if (machine.exit().isEmpty() && watches.isPresent()) {
                watches.get().removeExit();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (InspectException | BpfException | KernelAccessException | VmException e) {
            if (machine.exit().isEmpty()) {
                problem = String.valueOf(e.getMessage());
            }
        }
    }

    /** Whether it has failed, and there is nothing more to watch for. */
    private boolean look() {
        int kind = kind();
        if (dump != null || problem != null) {
            return true;
        } else if (kind < ScxExit.ERROR) {
            return false;
        }
        if (armed.isPresent() && !late) {
            long now = System.nanoTime();
            seenNs = OptionalLong.of(seenNs.orElse(now));
            if (now - seenNs.getAsLong() < HIT_NS) {
                return false;
            }
        }
        CapturedState state = reader.freeze().state();
        if (dump == null) {
            String why = watches.isEmpty()
                    ? "watchpoints are switched off"
                    : unarmed == null ? "the watchpoint came too late" : unarmed;
            dump = new Dump(
                    state,
                    "taken up to "
                            + (armed.isEmpty() ? LOOK_NS : late ? LOOK_AFTER_NS : HIT_NS + LOOK_AFTER_NS) / 1_000_000
                            + " ms after the write of "
                            + exit.place() + " (" + exit.name(kind) + "), for " + why
                            + "; what the kernel had freed by then is missing");
        }
        return true;
    }

    private int kind() {
        try {
            return exit.kind();
        } catch (KernelAccessException e) {
            return 0; // its state was freed between two reads; it is looked up anew next time
        }
    }

    /** Ends the thread. */
    @Override
    public void close() {
        stop.countDown();
        Captures.join(thread);
    }
}
