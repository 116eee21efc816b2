package dev.ktstr.run;

import dev.ktstr.guest.GuestException;
import dev.ktstr.guest.wire.SchedulerExit;
import dev.ktstr.inspect.KernelView;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.host.HostSlots;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A guest in which schedulers are started and stopped, one after the other, without a scenario. The owner closes it; what it
 * throws is a {@link RunException}, a {@link dev.ktstr.kernel.KernelException} or a {@link dev.ktstr.vm.VmException}.
 */
public final class SchedulerGuest implements AutoCloseable {
    private static final Duration SEND_LIMIT = Duration.ofSeconds(60);

    /** For programs that keep the verifier busy to its limit, in an emulated guest, and again for the log of their refusal. */
    private static final Duration ATTACH_LIMIT = Duration.ofMinutes(2);

    private final BootedGuest guest;
    private final HostSlots.Slot slot;
    private final Options options;
    private final Path baseDir;
    private @Nullable SchedulerControl running;

    private SchedulerGuest(BootedGuest guest, HostSlots.Slot slot, Options options, Path baseDir) {
        this.guest = guest;
        this.slot = slot;
        this.options = options;
        this.baseDir = baseDir;
    }

    /** Why this host cannot run the variant, or its scheduler is not for its kernel; empty when nothing stands against it. */
    public static Optional<String> refusal(Variant variant, Options options) {
        return Applicability.on(Host.here(), variant.shape(), Optional.of(variant.kernel()), options);
    }

    /**
     * Boots a guest for the variant, once the host has room for it. Its scheduler's program is looked for first.
     *
     * @param folder where its console and whatever else the machine writes goes; it is there
     */
    public static SchedulerGuest boot(Variant variant, Options options, Path baseDir, Path folder) {
        KernelRequirements.requireSchedExt(variant.kernel());
        KernelView.prefetch(variant.kernel(), KernelCache.standard());
        Prepare.Prepared prepared = new Prepare(options, baseDir).gather(variant);
        Backend backend = Backends.select(options.get("backend").orElse(null));
        HostSlots.Slot slot = new Parallel(backend, options).await(variant);
        boolean up = false;
        try {
            BootedGuest guest = new Boot(backend, options).boot(variant, prepared.bootImage(), folder, machine -> {});
            up = true;
            return new SchedulerGuest(guest, slot, options, baseDir);
        } finally {
            if (!up) {
                slot.close();
            }
        }
    }

    /** The guest. */
    public BootedGuest guest() {
        return guest;
    }

    /** Its kernel, seen from outside. */
    public KernelView kernel() {
        return guest.kernel();
    }

    /**
     * Sends the variant's scheduler and starts it.
     *
     * @throws RunException when it does not attach; what it printed is {@link #log()}
     */
    public void start(Variant variant) {
        SchedulerEntry scheduler = variant.scheduler().orElseThrow();
        Prepare.Prepared prepared = new Prepare(options, baseDir).gather(variant);
        try {
            guest.session().send(prepared.files(), SEND_LIMIT);
        } catch (GuestException e) {
            throw guest.explain("send", e);
        }
        SchedulerControl control = new SchedulerControl(guest, scheduler, prepared, options, ATTACH_LIMIT);
        control.start();
        running = control;
    }

    /** What the scheduler has printed. */
    public String log() {
        return guest.session().schedulerLog();
    }

    /** How the scheduler ended, if it has. */
    public Optional<SchedulerExit> ended() {
        return guest.session().schedulerExit();
    }

    /** Stops the scheduler; says what is wrong with its end. */
    public List<String> stop() {
        SchedulerControl control = running;
        running = null;
        try {
            return control == null ? List.of() : control.stop(List.of());
        } catch (GuestException e) {
            throw guest.explain("teardown", e);
        }
    }

    @Override
    public void close() {
        try {
            guest.close();
        } finally {
            slot.close();
        }
    }
}
