package dev.ktstr.vm.internal.machine;

import dev.ktstr.vm.Watchpoint;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands hits of watchpoints on, one after the other, on a thread of its own, which ends with {@link #close()}. */
public final class HitTeller implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HitTeller.class);
    private static final long END_MS = 20_000;

    private final BlockingQueue<Watchpoint.Hit> hits = new LinkedBlockingQueue<>();
    private final Consumer<Watchpoint.Hit> taker;
    private final Thread thread;
    private volatile boolean closed;

    /** Starts the thread. What {@code taker} throws is logged, and the next hit is taken. */
    public HitTeller(String machine, Consumer<Watchpoint.Hit> taker) {
        this.taker = taker;
        this.thread = new Thread(this::run, "ktstr-watch-" + machine);
        thread.setDaemon(true);
        thread.start();
    }

    /** Adds one; never waits. */
    public void add(Watchpoint.Hit hit) {
        hits.add(hit);
    }

    private void run() {
        while (!closed) {
            try {
                taker.accept(hits.take());
            } catch (InterruptedException e) {
                return; // close() interrupts, and nobody else knows this thread
            } catch (RuntimeException | LinkageError e) {
                if (!closed) {
                    LOG.error("a write to watched memory could not be handled: {}", e.toString());
                }
            }
        }
    }

    /** Ends the thread; what it has not told is not told. */
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(END_MS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (thread.isAlive() && !interrupted) {
            LOG.error("thread {} did not end within {} s", thread.getName(), END_MS / 1000);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
