package dev.ktstr.run;

import dev.ktstr.vm.template.TemplateKey;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The guest that waits for the next variant of this process: a fork that was woken and warmed, and stands still. There is one
 * at most, and it belongs to whoever takes it. Thread-safe.
 */
final class ReadyGuests {
    /** Those of this process. */
    static final ReadyGuests OF_PROCESS = new ReadyGuests();

    private @Nullable TemplateKey key;
    private @Nullable BootedGuest guest;

    /** Says that a guest is being made; whoever does so calls {@link #made} next. False when there is one, or one being made. */
    synchronized boolean making(TemplateKey of) {
        if (key != null) {
            return false;
        }
        key = of;
        return true;
    }

    /** Puts the guest in that was being made; null when it came to nothing. */
    synchronized void made(@Nullable BootedGuest ready) {
        guest = ready;
        if (ready == null) {
            key = null;
        }
        notifyAll();
    }

    /** Whether there is one. */
    synchronized boolean isReady() {
        return guest != null;
    }

    /**
     * Takes the guest of a template. One that is being made is waited for: that is nearer to its end than another would be.
     *
     * @return empty when there is none, or it was not made within {@code limit}
     */
    synchronized Optional<BootedGuest> take(TemplateKey of, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        boolean interrupted = false;
        while (of.equals(key) && guest == null && !interrupted) {
            long leftNs = deadline - System.nanoTime();
            if (leftNs <= 0) {
                return Optional.empty();
            }
            try {
                TimeUnit.NANOSECONDS.timedWait(this, leftNs);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                interrupted = true;
            }
        }
        return of.equals(key) && guest != null ? takeAny() : Optional.empty();
    }

    private Optional<BootedGuest> takeAny() {
        Optional<BootedGuest> taken = Optional.ofNullable(guest);
        if (guest != null) {
            guest = null;
            key = null;
            Changes.tell();
        }
        return taken;
    }

    /** Ends the guest that nobody took. */
    void drop() {
        Optional<BootedGuest> left;
        synchronized (this) {
            left = takeAny();
        }
        left.ifPresent(BootedGuest::close);
    }
}
