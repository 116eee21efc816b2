package dev.ktstr.run;

import dev.ktstr.inspect.InspectException;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.snapshot.Sample;
import dev.ktstr.snapshot.SnapshotBridge;
import dev.ktstr.snapshot.SnapshotException;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.Watchpoint;
import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.WatchTarget;
import dev.ktstr.vm.kernel.KernelAccessException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a scenario watches: each write of the guest to a symbol is a capture, until the scenario ends. A symbol that is written again
 * and again would stop the guest for good; it is watched no more after {@link #MOST} captures.
 */
final class SymbolWatches {
    /** Captures of one symbol. */
    static final int MOST = 32;

    private static final Logger LOG = LoggerFactory.getLogger(SymbolWatches.class);

    private static final class Watched {
        private final WatchTarget target;
        private int captures;
        private boolean off;

        Watched(WatchTarget target) {
            this.target = target;
        }
    }

    private final KernelView kernel;
    private final Watches watches;
    private final StateReader reader;
    private final SnapshotBridge bridge;
    private final Map<String, Watched> watched = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    SymbolWatches(KernelView kernel, Watches watches, StateReader reader, SnapshotBridge bridge) {
        this.kernel = kernel;
        this.watches = watches;
        this.reader = reader;
        this.bridge = bridge;
    }

    /** The watchpoints themselves, of which one is not a symbol's. */
    Watches watches() {
        return watches;
    }

    /**
     * Watches a symbol from now on.
     *
     * @throws SnapshotException when there is none such, it cannot be watched, or there are three already
     */
    void add(String symbol) {
        WatchTarget target;
        try {
            target = kernel.watchTarget(symbol);
        } catch (BpfException | InspectException | KernelAccessException e) {
            throw new SnapshotException("watchSnapshot '" + symbol + "': " + e.getMessage(), e);
        }
        try {
            reader.warmUp();
            Watched one = new Watched(target);
            synchronized (this) {
                watched.putIfAbsent(symbol, one);
            }
            watches.add(symbol, new Watchpoint(target.address(), target.length()), cpu -> written(one, cpu));
        } catch (SnapshotException e) {
            throw new SnapshotException("watchSnapshot: " + e.getMessage(), e);
        } catch (VmException | BpfException | InspectException | KernelAccessException e) {
            throw new SnapshotException(
                    "watchSnapshot '" + symbol + "' (" + target.place() + "): " + e.getMessage(), e);
        }
    }

    /** On the machine's thread, while the guest stands still. */
    private void written(Watched one, int cpu) {
        String symbol = one.target.name();
        try {
            String name = String.format(Locale.ROOT, "%s_%03d", symbol, one.captures);
            bridge.check(name);
            StateReader.Frozen frozen = reader.standing();
            bridge.keep(new Sample(
                    name,
                    false,
                    frozen.at(),
                    frozen.frozen(),
                    frozen.state(),
                    Optional.of(new Sample.Write(symbol, cpu))));
            one.captures++;
            if (one.captures == MOST) {
                off(one, "after " + MOST + " captures; writes from then on were not captured");
            }
        } catch (BpfException | InspectException | KernelAccessException | SnapshotException e) {
            off(one, "after " + one.captures + " captures: " + e.getMessage());
        }
    }

    private void off(Watched one, String why) {
        one.off = true;
        watches.remove(one.target.name());
        synchronized (this) {
            notes.add("watchSnapshot '" + one.target.name() + "' was taken off " + why);
        }
    }

    /** The scenario has ended: nothing is watched any more, and what was never written is said. */
    synchronized void end() {
        try {
            watches.removeSymbols();
        } catch (VmException e) {
            LOG.debug("the guest has ended, and its watchpoints with it: {}", e.getMessage());
        }
        watched.forEach((symbol, one) -> {
            if (one.captures == 0 && !one.off) {
                notes.add("watchSnapshot '" + symbol + "' (" + one.target.place()
                        + ") never fired: the guest did not write there while the scenario ran");
            }
        });
        watched.clear();
    }

    /** What the result should say. */
    synchronized List<String> notes() {
        return List.copyOf(notes);
    }
}
