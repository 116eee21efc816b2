package dev.ktstr.vm.qemu;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.Watchpoint;
import dev.ktstr.vm.internal.machine.HitTeller;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops and starts a guest, by the monitor, and tells of writes to watched memory, by QEMU's debugger stub.
 *
 * <p>The stub is opened by the first watchpoint and not before. From then on the guest is started by the stub alone: only then
 * does QEMU tell it of the next stop, and forget the last one. It is stopped by the monitor as before. There are two reasons to
 * stand still, a freeze and a hit that is being handled; the guest runs when there is neither.
 *
 * <p>QEMU tells one stop at a time. A vCPU whose write falls together with a stop for another reason is told of late: at its next
 * write in the same page.
 */
final class RunControl implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunControl.class);
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final String GDB = "gdb";
    private static final int TRAP = 5;

    /** The open stub. */
    private record Stub(SocketChannel channel, RspClient client, Thread reader) {}

    private final QmpClient qmp;
    private final ProcessHandle process;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Watchpoint> armed = new ArrayList<>();
    private Watchpoint.Listener listener = hit -> {};
    private @Nullable Stub stub;
    private @Nullable HitTeller teller;
    private boolean frozen;
    private boolean held;
    private boolean stopped;
    private boolean closed;

    RunControl(QmpClient qmp, ProcessHandle process) {
        this.qmp = qmp;
        this.process = process;
    }

    /** The guest was started frozen, and waits for {@link #resume()}. */
    void startedFrozen() {
        lock.lock();
        try {
            frozen = true;
        } finally {
            lock.unlock();
        }
    }

    void freeze() {
        lock.lock();
        try {
            stop();
            frozen = true;
        } finally {
            lock.unlock();
        }
    }

    void resume() {
        lock.lock();
        try {
            frozen = false;
            goUnlessHeld();
        } finally {
            lock.unlock();
        }
    }

    void watch(List<Watchpoint> wanted, Watchpoint.Listener told) {
        if (wanted.size() > Watchpoint.MOST) {
            throw new IllegalArgumentException(
                    wanted.size() + " watchpoints were given, and a CPU has " + Watchpoint.MOST);
        }
        lock.lock();
        try {
            if (stub == null && wanted.isEmpty()) {
                return;
            }
            stop();
            try {
                Stub open = stub == null ? open() : stub;
                replace(open.client(), wanted);
                listener = told;
            } finally {
                goUnlessHeld();
            }
        } finally {
            lock.unlock();
        }
    }

    private void replace(RspClient client, List<Watchpoint> wanted) {
        try {
            for (Watchpoint old : List.copyOf(armed)) {
                if (!wanted.contains(old)) {
                    client.watch(false, old.address(), old.length(), TIMEOUT);
                    armed.remove(old);
                }
            }
            for (Watchpoint added : wanted) {
                if (!armed.contains(added)) {
                    client.watch(true, added.address(), added.length(), TIMEOUT);
                    armed.add(added);
                }
            }
        } catch (VmException e) {
            for (Watchpoint left : List.copyOf(armed)) {
                armed.remove(left);
                client.watch(false, left.address(), left.length(), TIMEOUT);
            }
            throw e;
        }
    }

    /** The guest stands still when this returns. */
    private void stop() {
        if (stub != null && stopped) {
            return;
        }
        qmp.execute("stop", TIMEOUT);
        if (stub == null) {
            return;
        }
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        try {
            while (!stopped) {
                VmException over = stub.client().ended();
                if (over != null) {
                    throw new VmException("the guest cannot be stopped: " + over.getMessage(), over);
                } else if (changed.awaitNanos(deadline - System.nanoTime()) <= 0) {
                    throw new VmException("QEMU's debugger stub did not tell within " + TIMEOUT.toSeconds()
                            + " s that the guest stands still");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VmException("interrupted while the guest was being stopped", e);
        }
    }

    private void goUnlessHeld() {
        if (frozen || held) {
            return;
        }
        if (stub == null) {
            qmp.execute("cont", TIMEOUT);
        } else if (stopped) {
            stopped = false;
            stub.client().go();
        }
    }

    /** Opens the stub of a guest that stands still; the connection would stop it anyway. */
    private Stub open() {
        try (SocketFolder sockets = SocketFolder.listen(List.of(GDB))) {
            Map<String, Object> address = Map.of(
                    "type",
                    "unix",
                    "data",
                    Map.of("path", sockets.path().resolve(GDB).toString()));
            qmp.execute(
                    "chardev-add",
                    Map.of(
                            "id",
                            GDB,
                            "backend",
                            Map.of("type", "socket", "data", Map.of("addr", address, "server", false))),
                    TIMEOUT);
            String said = qmp.execute(
                            "human-monitor-command", Map.of("command-line", "gdbserver chardev:" + GDB), TIMEOUT)
                    .asText();
            if (!sockets.acceptAll(TIMEOUT, process::isAlive)) {
                throw new VmException("QEMU did not open its debugger stub: " + said.strip());
            }
            SocketChannel channel = sockets.take(GDB);
            RspClient client =
                    new RspClient(new BufferedInputStream(Channels.newInputStream(channel)), channel, this::onStop);
            Thread reader = new Thread(() -> read(client), "ktstr-stub-" + process.pid());
            reader.setDaemon(true);
            Stub opened = new Stub(channel, client, reader);
            teller = new HitTeller(String.valueOf(process.pid()), this::handle);
            stub = opened;
            stopped = true;
            reader.start();
            return opened;
        } catch (IOException e) {
            throw new VmException("connecting to QEMU's debugger stub failed: " + e.getMessage(), e);
        }
    }

    private void read(RspClient client) {
        client.run();
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void onStop(RspClient.Stop stop) {
        lock.lock();
        try {
            stopped = true;
            Optional<Watchpoint> hit = stop.watched().isEmpty()
                    ? Optional.empty()
                    : armed.stream()
                            .filter(w -> w.address() == stop.watched().getAsLong())
                            .findFirst();
            if (hit.isPresent() && teller != null) {
                held = true;
                teller.add(new Watchpoint.Hit(stop.cpu().orElse(0), hit.get()));
            } else if (stop.signal() == TRAP) {
                // One that was cleared a moment ago, or told of late: not the listener's any more.
                goUnlessHeld();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void handle(Watchpoint.Hit hit) {
        Watchpoint.Listener now;
        lock.lock();
        try {
            now = armed.contains(hit.watchpoint()) ? listener : ignored -> {};
        } finally {
            lock.unlock();
        }
        try {
            now.hit(hit);
        } finally {
            lock.lock();
            try {
                held = false;
                if (!closed && (stub == null || stub.client().ended() == null)) {
                    goUnlessHeld();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Closes the stub. The guest has ended, or is about to. */
    @Override
    public void close() {
        Stub open;
        HitTeller telling;
        lock.lock();
        try {
            closed = true;
            open = stub;
            telling = teller;
        } finally {
            lock.unlock();
        }
        if (telling != null) {
            telling.close();
        }
        if (open != null) {
            try {
                open.channel().close();
            } catch (IOException e) {
                LOG.error("closing QEMU's debugger stub failed: {}", e.toString());
            }
            QemuMachine.join(open.reader());
        }
    }
}
