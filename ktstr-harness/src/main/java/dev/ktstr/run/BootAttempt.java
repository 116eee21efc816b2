package dev.ktstr.run;

import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.GuestException;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.template.Template;
import dev.ktstr.vm.template.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One guest on its way up. Good for one guest; what went wrong with templates meanwhile is noted in its {@link BootWay}. */
final class BootAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(BootAttempt.class);

    /** A fork takes a tenth of a second; one that takes longer than this is better booted. */
    private static final Duration FORK_ALLOWANCE = Duration.ofSeconds(15);

    private final Backend backend;
    private final GuestTemplates templates;
    private final Variant variant;
    private final VmSpec spec;
    private final Duration allowance;
    private final Consumer<VirtualMachine> started;
    private final List<String> notes = new ArrayList<>();
    private long asideNs;
    private long warmingNs;
    private boolean ahead;

    /**
     * An attempt.
     *
     * @param allowance time for the kernel to boot
     * @param started told of each machine as soon as it runs
     */
    BootAttempt(
            Backend backend,
            GuestTemplates templates,
            Variant variant,
            VmSpec spec,
            Duration allowance,
            Consumer<VirtualMachine> started) {
        this.backend = backend;
        this.templates = templates;
        this.variant = variant;
        this.spec = spec;
        this.allowance = allowance;
        this.started = started;
    }

    /** Opens the session with a machine's agent. */
    private interface Opening {
        AgentSession open(VirtualMachine machine);
    }

    /** The guest: one that was made ready, a fork, or a boot. */
    BootedGuest run() {
        Optional<GuestTemplates.Plan> plan = plan();
        if (plan.isEmpty()) {
            return boot(null);
        }
        Optional<BootedGuest> ready = ready(plan.get());
        if (ready.isPresent()) {
            return ready.get();
        }
        Optional<BootedGuest> fork = fork(plan.get());
        if (fork.isPresent()) {
            return fork.get();
        }
        long from = System.nanoTime();
        try (Templates.Making making = making(plan.get(), allowance)) {
            asideNs += System.nanoTime() - from;
            if (making == null) {
                return boot(null);
            }
            // Whoever held the lock before may have made it; but a fork that has just failed is not tried again.
            fork = notes.isEmpty() ? fork(plan.get()) : Optional.empty();
            return fork.isPresent() ? fork.get() : bootAndSave(plan.get());
        }
    }

    /** Boots the guest, saves it, and ends it; false when that made no template, or another run is making it. */
    boolean makeTemplate() {
        GuestTemplates.Plan plan = plan().orElse(null);
        if (plan == null) {
            return false;
        }
        try (Templates.Making making = making(plan, Duration.ZERO)) {
            if (making == null || plan.isMade()) {
                return false;
            }
            VirtualMachine machine = backend.start(spec);
            up(
                            machine,
                            false,
                            up -> AgentSession.open(
                                    new MachinePorts(up), allowance, untouched -> save(plan, up, untouched)))
                    .close();
            return notes.isEmpty();
        }
    }

    private Optional<GuestTemplates.Plan> plan() {
        try {
            return templates.plan(variant, spec);
        } catch (VmException e) {
            note("no template: " + e.getMessage());
            return Optional.empty();
        }
    }

    private void note(String text) {
        LOG.warn("{}", text);
        notes.add(text);
    }

    private Templates.@Nullable Making making(GuestTemplates.Plan plan, Duration limit) {
        try {
            return plan.templates().make(plan.key(), limit).orElse(null);
        } catch (VmException e) {
            note("no template: " + e.getMessage());
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw RunException.setup("boot", "interrupted while waiting for a template that another run makes");
        }
    }

    /** A fork of the template if there is one that works. */
    private Optional<BootedGuest> fork(GuestTemplates.Plan plan) {
        long from = System.nanoTime();
        try (Template template = plan.templates().find(plan.key()).orElse(null)) {
            if (template == null) {
                return Optional.empty();
            }
            BootedGuest guest = up(
                    plan.forking().fork(spec, template),
                    true,
                    machine -> warmed(
                            AgentSession.fork(
                                    new MachinePorts(machine), templates.wake(), machine::resume, FORK_ALLOWANCE),
                            FORK_ALLOWANCE));
            plan.worked();
            return Optional.of(guest);
        } catch (VmException | GuestException | RunException | IOException e) {
            plan.failed();
            asideNs += System.nanoTime() - from;
            note("a fork failed, the guest is booted instead: " + e.getMessage());
            return Optional.empty();
        }
    }

    private BootedGuest bootAndSave(GuestTemplates.Plan plan) {
        boolean[] saving = {false};
        try {
            return boot(plan, () -> saving[0] = true);
        } catch (RunException e) {
            if (!saving[0]) {
                throw e;
            }
            note("the guest did not survive being saved, it is booted anew: " + e.getMessage());
            plan.failed();
            return boot(null);
        }
    }

    private BootedGuest boot(GuestTemplates.@Nullable Plan plan) {
        return boot(plan, () -> {});
    }

    private BootedGuest boot(GuestTemplates.@Nullable Plan plan, Runnable saving) {
        try {
            return up(backend.start(spec), false, machine -> {
                AgentSession session = AgentSession.open(new MachinePorts(machine), allowance, untouched -> {
                    if (plan != null) {
                        saving.run();
                        save(plan, machine, untouched);
                    }
                });
                return warmed(woken(session, allowance), allowance);
            });
        } catch (VmException e) {
            throw RunException.setup("boot", e);
        }
    }

    private AgentSession woken(AgentSession session, Duration limit) {
        return closedUnlessDone(session, () -> session.wake(templates.wake(), limit));
    }

    private AgentSession warmed(AgentSession session, Duration limit) {
        return closedUnlessDone(session, () -> {
            long from = System.nanoTime();
            session.warmUp(limit);
            warmingNs = System.nanoTime() - from;
        });
    }

    private AgentSession closedUnlessDone(AgentSession session, Runnable work) {
        boolean done = false;
        try {
            work.run();
            done = true;
            return session;
        } finally {
            if (!done) {
                session.close();
            }
        }
    }

    /** The guest that was made ready for such a variant, if there is one and it lives. */
    private Optional<BootedGuest> ready(GuestTemplates.Plan plan) {
        long from = System.nanoTime();
        BootedGuest ready =
                ReadyGuests.OF_PROCESS.take(plan.key(), FORK_ALLOWANCE).orElse(null);
        asideNs += System.nanoTime() - from;
        if (ready == null) {
            return Optional.empty();
        }
        boolean taken = false;
        try {
            plan.forking().hand(ready.machine(), spec);
            ahead = true;
            BootedGuest guest = up(ready.machine(), true, machine -> {
                machine.resume();
                return woken(ready.session(), FORK_ALLOWANCE);
            });
            taken = true;
            return Optional.of(guest);
        } catch (VmException | GuestException | RunException e) {
            ahead = false;
            note("a guest that was made ready ahead failed, another is forked: " + e.getMessage());
            return Optional.empty();
        } finally {
            if (!taken) {
                ready.close();
            }
        }
    }

    /** Makes a guest ready for such a variant; false when that does not work out. The caller has room for it. */
    boolean makeReady() {
        GuestTemplates.Plan plan = plan().orElse(null);
        if (plan == null || !ReadyGuests.OF_PROCESS.making(plan.key())) {
            return false;
        }
        Optional<BootedGuest> ready = Optional.empty();
        try {
            ready = fork(plan).filter(this::stops);
            return ready.isPresent();
        } finally {
            ReadyGuests.OF_PROCESS.made(ready.orElse(null));
        }
    }

    /** Stops a guest; ends it when that cannot be done. */
    private boolean stops(BootedGuest guest) {
        try {
            guest.machine().freeze();
            return true;
        } catch (VmException e) {
            note("a guest that was made ready ahead cannot be stopped: " + e.getMessage());
            guest.close();
            return false;
        }
    }

    /** Saves the guest as a template. It runs on afterwards, for this run. */
    private void save(GuestTemplates.Plan plan, VirtualMachine machine, BooleanSupplier untouched) {
        long from = System.nanoTime();
        machine.freeze();
        try {
            if (!untouched.getAsBoolean()) {
                note("no template was made: the guest did something by itself after its hello");
            } else if (!GuestTemplates.sound(Files.readAllBytes(machine.console()))) {
                note("no template was made: the kernel printed a warning while it booted, see " + machine.console());
            } else if (!plan.templates().save(plan.key(), plan.forking(), machine)) {
                note("no template was made: no place took it");
            } else {
                Changes.tell();
            }
        } catch (IOException | VmException e) {
            note("no template was made: " + e.getMessage());
        }
        machine.resume();
        asideNs += System.nanoTime() - from;
    }

    private BootedGuest up(VirtualMachine machine, boolean forked, Opening opening) {
        boolean up = false;
        try {
            started.accept(machine);
            AgentSession session = opening.open(machine);
            BootWay way = new BootWay(
                    forked,
                    ahead,
                    Duration.ofNanos(warmingNs),
                    Duration.ofNanos(asideNs),
                    notes.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", notes)));
            BootedGuest guest = new BootedGuest(
                    machine,
                    session,
                    GuestTopology.verified(
                            session.hello(), variant.topology(), variant.shape().memory()),
                    way,
                    variant.kernel());
            up = true;
            return guest;
        } catch (GuestException e) {
            throw BootedGuest.explain(machine, "boot", e);
        } finally {
            if (!up) {
                machine.close();
            }
        }
    }
}
