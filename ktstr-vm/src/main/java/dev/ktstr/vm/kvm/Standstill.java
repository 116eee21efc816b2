package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.Watchpoint;
import dev.ktstr.vm.internal.machine.HitTeller;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whether a guest runs. It stands still as long as the host has frozen it, and while somebody is told of a watchpoint that one of its
 * vCPUs has hit; with neither left it goes on.
 */
final class Standstill implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final KvmParts parts;
    private final String name;

    /** Taken before {@link #holds}, and never by a vCPU's thread: those are waited for under it. */
    private final ReentrantLock freezing = new ReentrantLock();

    private final Object holds = new Object();
    private @Nullable HitTeller teller;
    private List<Watchpoint> watched = List.of();
    private Watchpoint.Listener listener = hit -> {};
    private int pendingHits;
    private boolean closed;
    private boolean frozen;
    private boolean still;

    /** Of a fork that has not run yet. */
    private @Nullable KvmState goesOn;

    private long stillSince;
    private long stillNanos;

    /** @param name of the machine, for the thread that tells of hits */
    Standstill(KvmParts parts, String name) {
        this.parts = parts;
        this.name = name;
    }

    /** Of a fork: with the first {@link #resume()} its clocks go on from there. */
    void goesOnWith(KvmState state) {
        goesOn = state;
    }

    /** See {@link dev.ktstr.vm.VirtualMachine#freeze()}. */
    void freeze() {
        freezing.lock();
        try {
            stop();
            frozen = true;
        } finally {
            freezing.unlock();
        }
    }

    private void stop() {
        if (parts.end().decided()) {
            throw new VmException("the guest cannot be frozen: it has ended");
        }
        parts.vcpus().forEach(Vcpu::requestPause);
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (Vcpu vcpu : parts.vcpus()) {
            if (!vcpu.awaitPaused(deadline)) {
                throw new VmException("vCPU " + vcpu.number() + " did not stop within " + LIMIT.toSeconds()
                        + " s of being asked to; the host is overloaded, or its KVM is broken");
            }
        }
        if (!still) {
            still = true;
            stillSince = System.nanoTime();
        }
    }

    /** See {@link dev.ktstr.vm.VirtualMachine#resume()}. */
    void resume() {
        freezing.lock();
        try {
            if (goesOn != null) {
                Frozen.goOn(parts, goesOn);
                goesOn = null;
            }
            frozen = false;
            goUnlessHeld();
        } finally {
            freezing.unlock();
        }
    }

    /** A vCPU that has hit a watchpoint waits until the listener was told: nobody else may let it go. */
    private void goUnlessHeld() {
        synchronized (holds) {
            if (frozen || pendingHits > 0) {
                return;
            }
            if (still) {
                still = false;
                stillNanos += System.nanoTime() - stillSince;
            }
            parts.vcpus().forEach(Vcpu::requestResume);
        }
    }

    /** How long it has stood still so far, in total. */
    Duration time() {
        freezing.lock();
        try {
            return Duration.ofNanos(stillNanos + (still ? System.nanoTime() - stillSince : 0));
        } finally {
            freezing.unlock();
        }
    }

    /** Says who hears of the hits that come with {@link #onHit} from now on. */
    void watch(List<Watchpoint> watchpoints, Watchpoint.Listener told) {
        synchronized (holds) {
            if (teller == null && !watchpoints.isEmpty()) {
                teller = new HitTeller(name, this::tell);
            }
            watched = List.copyOf(watchpoints);
            listener = told;
        }
    }

    /** On the vCPU's thread: it stands still from here on, and the others as soon as the teller's thread has its turn. */
    void onHit(Breakpoint.Hit hit) {
        synchronized (holds) {
            HitTeller telling = teller;
            if (telling != null && !closed) {
                pendingHits++;
                parts.vcpus().get(hit.cpu()).requestPause();
                Breakpoint b = hit.breakpoint();
                telling.add(new Watchpoint.Hit(hit.cpu(), new Watchpoint(b.address(), b.length())));
            }
        }
    }

    private void tell(Watchpoint.Hit hit) {
        try {
            freezing.lock();
            try {
                stop();
            } finally {
                freezing.unlock();
            }
            listenerOf(hit.watchpoint()).hit(hit);
        } finally {
            freezing.lock();
            try {
                synchronized (holds) {
                    pendingHits--;
                }
                goUnlessHeld();
            } finally {
                freezing.unlock();
            }
        }
    }

    /** Whoever is to hear of it; one that was taken off meanwhile is nobody's. */
    private Watchpoint.Listener listenerOf(Watchpoint watchpoint) {
        synchronized (holds) {
            return watched.contains(watchpoint) ? listener : hit -> {};
        }
    }

    /** Tells of no more hits. */
    @Override
    public void close() {
        HitTeller telling;
        synchronized (holds) {
            closed = true;
            telling = teller;
        }
        if (telling != null) {
            telling.close();
        }
    }
}
