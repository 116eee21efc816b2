package dev.ktstr.run;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes those threads of this process that wait for something to do ahead, when something has changed that they look at: a place of
 * the host was taken, a template made, a guest taken over.
 */
final class Changes {
    private static final Set<Thread> WATCHERS = ConcurrentHashMap.newKeySet();

    private Changes() {}

    /** From now until {@link #unwatch} this thread's {@link LockSupport#park} ends at every change, also at one just before it. */
    static void watch() {
        WATCHERS.add(Thread.currentThread());
    }

    static void unwatch() {
        WATCHERS.remove(Thread.currentThread());
    }

    static void tell() {
        WATCHERS.forEach(LockSupport::unpark);
    }
}
