package dev.ktstr.run;

import dev.ktstr.inspect.InspectException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.snapshot.CapturedState;
import dev.ktstr.vm.VcpuRegisters;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.kernel.KernelAccessException;
import dev.ktstr.vm.sched.Monitor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the state of a guest that stands still, and keeps the scenario's time: what the guest stood still for a reading does not
 * count. One reading at a time, for the second would let the guest run in the first's. Safe from any thread.
 */
final class StateReader {
    private static final Logger LOG = LoggerFactory.getLogger(StateReader.class);

    /**
     * A state.
     *
     * @param at when, in the scenario's time
     * @param frozen how long the guest stood still for it
     */
    record Frozen(CapturedState state, Duration at, Duration frozen) {}

    private final VirtualMachine machine;
    private final KernelView kernel;
    private Optional<Monitor> monitor = Optional.empty();
    private boolean monitorKnown;
    private long zeroNs = System.nanoTime();
    private long frozenNs;
    private long releasedNs = zeroNs;
    private long frozenAtRelease;
    private boolean warm;

    StateReader(BootedGuest guest) {
        this.machine = guest.machine();
        this.kernel = guest.kernel();
    }

    /** The scenario's time begins. */
    synchronized void zero() {
        zeroNs = System.nanoTime();
        frozenNs = 0;
        released();
    }

    /** Its first workers were released; what is {@link #due} counts from here. */
    synchronized void released() {
        releasedNs = System.nanoTime();
        frozenAtRelease = frozenNs;
    }

    /** When, by the host's {@link System#nanoTime}, so much time has passed since the release, if nothing is read meanwhile. */
    synchronized long due(long ns) {
        return releasedNs + (frozenNs - frozenAtRelease) + ns;
    }

    /** Reads once while the guest runs, and forgets: what is slow for the first time is not slow in a freeze then. */
    synchronized void warmUp() {
        if (warm) {
            return;
        }
        warm = true;
        try {
            CapturedState.read(kernel, registers(), monitor());
        } catch (InspectException | BpfException | KernelAccessException e) {
            LOG.debug("nothing was read ahead: {}", e.getMessage());
        }
    }

    /**
     * Freezes the guest, reads, and lets it go on.
     *
     * @throws RuntimeException of the kernel's readers or the machine, when it cannot
     */
    synchronized Frozen freeze() {
        Optional<Monitor> ready = monitor();
        long from = System.nanoTime();
        CapturedState state;
        machine.freeze();
        try {
            state = CapturedState.read(kernel, registers(), ready);
        } finally {
            machine.resume();
        }
        return done(state, from);
    }

    /** Reads a guest that stands still for a watchpoint. */
    synchronized Frozen standing() {
        long from = System.nanoTime();
        return done(CapturedState.read(kernel, registers(), monitor()), from);
    }

    private Frozen done(CapturedState state, long from) {
        long took = System.nanoTime() - from;
        Duration at = Duration.ofNanos(Math.max(0, from - zeroNs - frozenNs));
        frozenNs += took;
        return new Frozen(state, at, Duration.ofNanos(took));
    }

    private List<VcpuRegisters> registers() {
        try {
            return machine.registers();
        } catch (VmException e) {
            LOG.debug("a capture goes without registers: {}", e.getMessage());
            return List.of();
        }
    }

    private Optional<Monitor> monitor() {
        if (!monitorKnown) {
            monitorKnown = true;
            try {
                monitor = Optional.of(kernel.monitor());
            } catch (InspectException e) {
                LOG.debug("captures go without counters of runqueues: {}", e.getMessage());
            }
        }
        return monitor;
    }
}
