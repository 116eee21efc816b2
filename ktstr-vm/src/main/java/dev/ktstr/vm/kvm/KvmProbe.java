package dev.ktstr.vm.kvm;

import dev.ktstr.vm.Backend.Availability;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.KvmCpu;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether KVM can run a stock kernel on this host, by running a small guest.
 *
 * <p>Opening {@code /dev/kvm} is not enough: where KVM is software paging inside another guest, it makes machines and
 * then fails on the first instruction that its emulator lacks.
 */
public final class KvmProbe {
    private static final Logger LOG = LoggerFactory.getLogger(KvmProbe.class);
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final Duration LIMIT = Duration.ofSeconds(3);

    private KvmProbe() {}

    /** The answer; found once per process, in milliseconds, at most a few seconds. */
    public static Availability probe() {
        return Once.ANSWER;
    }

    /** Runs the probe on first use. */
    private static final class Once {
        static final Availability ANSWER = run(LIMIT, ProbeGuest.LONG_MODE, ProbeGuest.REAL_MODE);
    }

    static Availability run(Duration limit, ProbeGuest... guests) {
        if (!Files.exists(DEVICE)) {
            return unusable(
                    "there is no " + DEVICE + "; the kvm module is not loaded, or the host is a VM without nesting");
        }
        if (!Files.isWritable(DEVICE)) {
            return unusable(DEVICE + " may not be opened; join the group kvm, or run as root");
        }
        for (ProbeGuest guest : guests) {
            String failure = failureOf(guest, limit);
            if (failure != null) {
                return unusable("KVM opens but does not run a " + guest.name() + " guest here: " + failure);
            }
        }
        return new Availability(true, "KVM runs guests");
    }

    private static Availability unusable(String detail) {
        return new Availability(false, detail);
    }

    /** Runs one guest on a thread of its own; null when all went as it must. */
    private static @Nullable String failureOf(ProbeGuest guest, Duration limit) {
        ProbeMachine machine;
        try {
            machine = new ProbeMachine(ProbeGuest.RAM_BYTES);
        } catch (VmException e) {
            return e.getMessage();
        }
        AtomicReference<@Nullable String> failure = new AtomicReference<>("it was stopped");
        Thread runner = new Thread(
                () -> {
                    try {
                        machine.cpu().bindToThread();
                        failure.set(guest.runOn(machine));
                    } catch (RuntimeException e) {
                        failure.set(String.valueOf(e.getMessage()));
                    } finally {
                        machine.cpu().unbind();
                    }
                },
                "ktstr-kvm-probe");
        runner.setDaemon(true);
        runner.start();
        boolean ended = joinOrKick(runner, machine.cpu(), limit);
        if (!ended) {
            // The thread is inside the kernel with the mappings in use: they must stay.
            LOG.error("the KVM probe's thread cannot be stopped; it stays until this process ends");
            return "it does not stop";
        }
        machine.close();
        return failure.get();
    }

    private static boolean joinOrKick(Thread runner, KvmCpu vcpu, Duration limit) {
        boolean interrupted = false;
        long deadline = System.nanoTime() + limit.toNanos();
        // The kick needs a host CPU too, which a busy or emulated host may not give for a while.
        long giveUp = deadline + LIMIT.toNanos();
        while (runner.isAlive() && System.nanoTime() < giveUp) {
            try {
                runner.join(10);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            if (runner.isAlive() && (interrupted || System.nanoTime() > deadline)) {
                vcpu.kick();
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return !runner.isAlive();
    }
}
