package dev.ktstr.run;

import dev.ktstr.snapshot.SnapshotException;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.Watchpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * The four watchpoints of a run: three for symbols that a scenario names, one for the scheduler's {@code exit_kind}. Safe from any
 * thread. Takers are called with the number of the vCPU that wrote, one at a time, while the guest stands still.
 */
final class Watches {
    /** For symbols. */
    static final int SYMBOLS = Watchpoint.MOST - 1;

    private record Slot(Watchpoint watchpoint, IntConsumer taker) {}

    private final VirtualMachine machine;
    private final Map<String, Slot> symbols = new LinkedHashMap<>();
    private Optional<Slot> exit = Optional.empty();

    Watches(VirtualMachine machine) {
        this.machine = machine;
    }

    /**
     * Adds one for a symbol.
     *
     * @throws SnapshotException when there are three already, or one of the same bytes
     * @throws VmException when the machine refuses it
     */
    synchronized void add(String symbol, Watchpoint watchpoint, IntConsumer taker) {
        for (Map.Entry<String, Slot> other : symbols.entrySet()) {
            if (other.getValue().watchpoint.equals(watchpoint)) {
                throw new SnapshotException("'" + symbol + "' is watched already, as '" + other.getKey() + "'");
            }
        }
        if (symbols.size() == SYMBOLS) {
            throw new SnapshotException("'" + symbol + "' cannot be watched: a CPU has " + Watchpoint.MOST
                    + " watchpoints, one is the scheduler's exit_kind's, and " + SYMBOLS + " are taken: "
                    + String.join(", ", symbols.keySet()) + ". Hint: watch it in a test of its own.");
        }
        symbols.put(symbol, new Slot(watchpoint, taker));
        try {
            arm();
        } catch (VmException e) {
            symbols.remove(symbol);
            throw e;
        }
    }

    /** Takes a symbol's off, if it is on. */
    synchronized void remove(String symbol) {
        if (symbols.remove(symbol) != null) {
            arm();
        }
    }

    /** Takes those of all symbols off. */
    synchronized void removeSymbols() {
        if (!symbols.isEmpty()) {
            symbols.clear();
            arm();
        }
    }

    /** Sets or moves the one of {@code exit_kind}. @throws VmException when the machine refuses it; it is off then */
    synchronized void exit(Watchpoint watchpoint, IntConsumer taker) {
        exit = Optional.of(new Slot(watchpoint, taker));
        try {
            arm();
        } catch (VmException e) {
            exit = Optional.empty();
            throw e;
        }
    }

    /** Takes the one of {@code exit_kind} off, if it is on. */
    synchronized void removeExit() {
        if (exit.isPresent()) {
            exit = Optional.empty();
            arm();
        }
    }

    private void arm() {
        List<Watchpoint> all = new ArrayList<>();
        symbols.values().forEach(slot -> all.add(slot.watchpoint));
        exit.filter(slot -> !all.contains(slot.watchpoint)).ifPresent(slot -> all.add(slot.watchpoint));
        machine.watch(all, this::hit);
    }

    private void hit(Watchpoint.Hit hit) {
        List<Slot> told = new ArrayList<>();
        synchronized (this) {
            symbols.values().forEach(told::add);
            exit.ifPresent(told::add);
        }
        told.stream()
                .filter(slot -> slot.watchpoint.equals(hit.watchpoint()))
                .forEach(slot -> slot.taker.accept(hit.cpu()));
    }
}
