package dev.ktstr.vm.internal.machine;

import dev.ktstr.vm.Doorbell;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The doorbell's state: rings not yet taken, and whether more can come. */
public final class RingCounter implements Doorbell {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean rung;
    private boolean ended;

    /** The guest rang. */
    public void ring() {
        lock.lock();
        try {
            rung = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The guest has ended. */
    public void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Signal await(Duration timeout) throws InterruptedException {
        long left = timeout.toNanos();
        lock.lockInterruptibly();
        try {
            while (true) {
                if (rung) {
                    rung = false;
                    return Signal.RUNG;
                }
                if (ended) {
                    return Signal.ENDED;
                }
                if (left <= 0) {
                    return Signal.TIMEOUT;
                }
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }
}
