package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.host.ThreadTimes;
import dev.ktstr.vm.internal.linux.KvmCpu;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * A vCPU and the thread that runs it.
 *
 * <p>{@code CREATED -> RUNNING <-> PAUSED -> STOPPED}. Requests are written under the lock, the flag {@code attention} is
 * raised, and the thread is kicked out of the guest; it answers between two runs. Nothing here waits without a bound.
 */
final class Vcpu {
    /** Where the thread is. */
    enum State {
        CREATED,
        RUNNING,
        PAUSED,
        STOPPED
    }

    /** A kick that was lost would be a bug; kicking again meanwhile costs nothing and keeps a bug from being a hang. */
    private static final Duration KICK_AGAIN = Duration.ofMillis(100);

    private static final Duration COMMAND_TIMEOUT = Duration.ofSeconds(10);
    private static final long STACK_BYTES = 256 << 10;

    private final int number;
    private final KvmCpu cpu;
    private final ExitHandler exits;
    private final EndSwitch end;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<Runnable> commands = new ArrayDeque<>();
    private State state = State.CREATED;
    private boolean pauseWanted;
    private boolean stopWanted;
    private volatile boolean attention;
    private volatile ThreadTimes lastTimes = ThreadTimes.NONE;

    Vcpu(int number, KvmCpu cpu, ExitHandler exits, EndSwitch end, String machine) {
        this.number = number;
        this.cpu = cpu;
        this.exits = exits;
        this.end = end;
        this.thread = new Thread(null, this::runToTheEnd, "ktstr-vcpu-" + machine + "-" + number, STACK_BYTES);
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    int number() {
        return number;
    }

    KvmCpu cpu() {
        return cpu;
    }

    /** Exits to this process so far. */
    long exitCount() {
        return exits.count();
    }

    /** What its thread got until it ended; nothing before. */
    ThreadTimes lastTimes() {
        return lastTimes;
    }

    State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    // The thread

    private void runToTheEnd() {
        try {
            cpu.bindToThread();
            loop();
        } catch (RuntimeException | LinkageError e) {
            end.end(VmExit.Kind.BACKEND_ERROR, "vCPU " + number + " failed: " + e.getMessage());
        } finally {
            lastTimes = ThreadTimes.of(cpu.threadId()).orElse(lastTimes);
            cpu.unbind();
            lock.lock();
            try {
                state = State.STOPPED;
                commands.forEach(Runnable::run); // they see the state, and fail
                commands.clear();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void loop() {
        attention = true; // for what was asked for before the thread began
        while (!end.decided()) {
            cpu.acceptKick();
            if (attention && !attend()) {
                return;
            }
            if (cpu.runUntilExit()) {
                exits.handle(cpu);
            }
        }
    }

    /** Does what was asked for; returns false when that was to stop. */
    private boolean attend() {
        exits.completeAccess(cpu);
        boolean wasPaused = false;
        while (true) {
            Runnable command;
            lock.lock();
            try {
                command = commands.poll();
                if (command == null) {
                    if (stopWanted) {
                        return false;
                    }
                    if (!pauseWanted) {
                        break;
                    }
                    wasPaused = true;
                    setState(State.PAUSED);
                    changed.awaitUninterruptibly();
                    continue;
                }
            } finally {
                lock.unlock();
            }
            command.run();
        }
        return goOn(wasPaused);
    }

    private boolean goOn(boolean wasPaused) {
        if (wasPaused) {
            cpu.announcePause();
        }
        lock.lock();
        try {
            attention = pauseWanted || stopWanted || !commands.isEmpty();
            setState(State.RUNNING);
        } finally {
            lock.unlock();
        }
        return true;
    }

    private void setState(State next) {
        if (state != next) {
            state = next;
            changed.signalAll();
        }
    }

    // Everybody else

    /** Asks it to stand still. Returns at once; {@link #awaitPaused} waits. */
    void requestPause() {
        request(() -> pauseWanted = true);
        cpu.kick();
    }

    /** Lets it run again. */
    void requestResume() {
        request(() -> pauseWanted = false);
    }

    /** Asks it to end. Returns at once; {@link #awaitStopped} waits. */
    void requestStop() {
        request(() -> stopWanted = true);
        cpu.kick();
    }

    private void request(Runnable change) {
        lock.lock();
        try {
            change.run();
            attention = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until its thread is bound to it, or has ended; false when the time passed first. */
    boolean awaitBegun(long deadlineNanos) {
        return awaitState(now -> now != State.CREATED, deadlineNanos);
    }

    /** Waits until it stands still or has ended; false when the time passed first. */
    boolean awaitPaused(long deadlineNanos) {
        return awaitState(now -> now == State.PAUSED, deadlineNanos);
    }

    /** Waits until its thread has ended; false when the time passed first. */
    boolean awaitStopped(long deadlineNanos) {
        lock.lock();
        try {
            if (state == State.CREATED && !thread.isAlive()) {
                return true; // never started
            }
        } finally {
            lock.unlock();
        }
        return awaitState(now -> now == State.STOPPED, deadlineNanos) && joined(deadlineNanos);
    }

    private boolean joined(long deadlineNanos) {
        boolean interrupted = false;
        while (thread.isAlive() && System.nanoTime() < deadlineNanos) {
            try {
                thread.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !thread.isAlive();
    }

    /** Also when interrupted: freezing and stopping must not be left half done. */
    private boolean awaitState(Predicate<State> wanted, long deadlineNanos) {
        boolean interrupted = false;
        lock.lock();
        try {
            while (!wanted.test(state) && state != State.STOPPED) {
                long left = deadlineNanos - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                try {
                    if (changed.awaitNanos(Math.min(left, KICK_AGAIN.toNanos())) <= 0) {
                        cpu.kick();
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            return true;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Does something on the vCPU's thread, running or paused, and waits for it.
     *
     * @throws VmException when the vCPU has ended, or does not answer
     */
    <T> T call(String what, CpuControl<T> action) {
        if (Thread.currentThread() == thread) {
            return action.apply(cpu);
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        lock.lock();
        try {
            if (state == State.STOPPED) {
                throw ended(what);
            }
            commands.add(() -> perform(what, action, answer));
            attention = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        cpu.kick();
        return result(what, answer);
    }

    /** The same, but when the vCPU has ended, on the calling thread. */
    <T> T callOrAfter(String what, CpuControl<T> action) {
        if (state() != State.STOPPED) {
            try {
                return call(what, action);
            } catch (VmException e) {
                if (state() != State.STOPPED) {
                    throw e;
                }
            }
        }
        return action.apply(cpu);
    }

    private <T> void perform(String what, CpuControl<T> action, CompletableFuture<T> answer) {
        try {
            if (state() == State.STOPPED) {
                throw ended(what);
            }
            answer.complete(action.apply(cpu));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    private <T> T result(String what, CompletableFuture<T> answer) {
        try {
            return answer.get(COMMAND_TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new VmException(
                    what + ": vCPU " + number + " did not answer within " + COMMAND_TIMEOUT.toSeconds() + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VmException(what + ": interrupted while waiting for vCPU " + number, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof VmException known) {
                throw known;
            }
            throw new VmException(what + " on vCPU " + number + " failed: " + e.getCause(), e);
        }
    }

    private VmException ended(String what) {
        VmExit reason = end.reason();
        return new VmException(
                what + ": vCPU " + number + " has ended" + (reason == null ? "" : " (" + reason.detail() + ")"));
    }
}
