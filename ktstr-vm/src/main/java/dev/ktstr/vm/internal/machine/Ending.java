package dev.ktstr.vm.internal.machine;

import dev.ktstr.vm.VmExit;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How a guest ended, once it has: decided by one thread, waited for by any. */
public final class Ending {
    private final CompletableFuture<VmExit> exit = new CompletableFuture<>();

    /** Decides it. Only the first call counts. */
    public void decide(VmExit end) {
        exit.complete(end);
    }

    /** Whether the guest has ended. */
    public boolean isDecided() {
        return exit.isDone();
    }

    /** How it ended, or empty while it runs. */
    public Optional<VmExit> now() {
        return Optional.ofNullable(exit.getNow(null));
    }

    /** Waits for it; empty when {@code timeout} passed first. */
    public Optional<VmExit> await(Duration timeout) throws InterruptedException {
        try {
            return Optional.of(exit.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return Optional.empty();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the end of a guest is a value, never a failure", e);
        }
    }

    /** Waits also when interrupted, and keeps the interrupt: killing and releasing must not be left half done. */
    public Optional<VmExit> awaitUninterrupted(Duration timeout) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + timeout.toNanos();
        try {
            while (true) {
                try {
                    return await(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
