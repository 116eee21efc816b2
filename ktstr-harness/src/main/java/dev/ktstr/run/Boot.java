package dev.ktstr.run;

import dev.ktstr.guest.AgentSession;
import dev.ktstr.guest.GuestException;
import dev.ktstr.kernel.KernelRequirements;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmSpec;
import dev.ktstr.vm.template.Template;
import dev.ktstr.vm.template.Templates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a guest up to the point where its agent waits for what to do: by forking a template, or by booting the kernel, and
 * then saving a template for the next one. Whatever goes wrong with templates costs time and no more: the guest boots.
 */
public final class Boot {
    private static final Logger LOG = LoggerFactory.getLogger(Boot.class);

    /** How long a small guest may take under emulation on a busy host; each vCPU adds to it. */
    private static final Duration ALLOWANCE = Duration.ofSeconds(60);

    private static final Duration ALLOWANCE_PER_CPU = Duration.ofSeconds(2);

    /** A fork takes a tenth of a second; one that takes longer than this is better booted. */
    private static final Duration FORK_ALLOWANCE = Duration.ofSeconds(15);

    private final Backend backend;
    private final Options options;

    /** Boots on that backend. */
    public Boot(Backend backend, Options options) {
        this.backend = backend;
        this.options = options;
    }

    /** One guest on its way up. */
    private final class Attempt {
        private final Variant variant;
        private final VmSpec spec;
        private final Consumer<VirtualMachine> started;
        private final GuestTemplates templates;
        private final List<String> notes = new ArrayList<>();
        private long asideNs;
        private long warmingNs;
        private boolean ahead;

        Attempt(Variant variant, VmSpec spec, Consumer<VirtualMachine> started) {
            this.variant = variant;
            this.spec = spec;
            this.started = started;
            this.templates = new GuestTemplates(backend, options);
        }

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
            try (Templates.Making making = making(plan.get(), allowance(variant))) {
                asideNs += System.nanoTime() - from;
                if (making == null) {
                    return boot(null);
                }
                // Whoever held the lock before may have made it; but a fork that has just failed is not tried again.
                fork = notes.isEmpty() ? fork(plan.get()) : Optional.empty();
                return fork.isPresent() ? fork.get() : bootAndSave(plan.get());
            }
        }

        boolean lacksTemplate() {
            return plan().filter(plan -> !plan.isMade()).isPresent();
        }

        boolean hasTemplate() {
            return plan().filter(plan -> plan.forking().handsOn() && plan.isMade())
                    .isPresent();
        }

        boolean makeAhead() {
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
                                        new MachinePorts(up),
                                        allowance(variant),
                                        untouched -> save(plan, up, untouched)))
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
                    AgentSession session =
                            AgentSession.open(new MachinePorts(machine), allowance(variant), untouched -> {
                                if (plan != null) {
                                    saving.run();
                                    save(plan, machine, untouched);
                                }
                            });
                    return warmed(woken(session, allowance(variant)), allowance(variant));
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
                    note("no template was made: the kernel printed a warning while it booted, see "
                            + machine.console());
                } else if (!plan.templates().save(plan.key(), plan.forking(), machine)) {
                    note("no template was made: no place took it");
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
                                session.hello(),
                                variant.topology(),
                                variant.shape().memory()),
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

    /** Opens the session with a machine's agent. */
    private interface Opening {
        AgentSession open(VirtualMachine machine);
    }

    /**
     * Brings the variant's guest up.
     *
     * @param started told of the machine as soon as it runs, before its kernel is up; again when a second one is started
     *     because the first did not come up
     * @throws RunException when the machine does not start, the guest ends or stays silent, or shows another topology
     *     than the one asked for; nothing runs any more then
     */
    public BootedGuest boot(Variant variant, Path initramfs, Path workDir, Consumer<VirtualMachine> started) {
        return new Attempt(variant, spec(variant, initramfs, workDir), started).run();
    }

    /** What can be done for a variant before it is its turn. */
    public static final class Ahead {
        private final Attempt attempt;

        private Ahead(Attempt attempt) {
            this.attempt = attempt;
        }

        /** Whether such guests are forked, and the template is missing. */
        public boolean lacksTemplate() {
            return attempt.lacksTemplate();
        }

        /** Whether a fork can be made ready. */
        public boolean hasTemplate() {
            return attempt.hasTemplate();
        }

        /**
         * Boots such a guest, saves it, and ends it.
         *
         * @return whether that made a template; not when another run is making it
         * @throws RunException when the guest does not come up
         */
        public boolean makeTemplate() {
            return attempt.makeAhead();
        }

        /**
         * Forks such a guest, wakes and warms it, and stops it: the next variant of this process that needs one gets it.
         *
         * @return whether there is one; not when there was one before, for whatever variant
         */
        public boolean makeReady() {
            return attempt.makeReady();
        }
    }

    /**
     * What can be done ahead for a variant. Each such object is good for one thing.
     *
     * @param started as for {@link #boot}
     */
    public Ahead ahead(Variant variant, Path initramfs, Path workDir, Consumer<VirtualMachine> started) {
        return new Ahead(new Attempt(variant, spec(variant, initramfs, workDir), started));
    }

    private VmSpec spec(Variant variant, Path initramfs, Path workDir) {
        List<String> kernelArgs = new ArrayList<>();
        kernelArgs.add(MachinePorts.kernelArgument());
        variant.scheduler().ifPresent(s -> kernelArgs.addAll(s.kargs()));
        boolean kaslr = options.on("kaslr");
        if (kaslr) {
            kernelArgs.add(VmSpec.KASLR);
        }
        return new VmSpec(
                kaslr
                        ? KernelRequirements.randomizedBootFile(variant.kernel())
                        : KernelRequirements.bootFile(variant.kernel()),
                initramfs,
                variant.topology(),
                variant.memoryMb(),
                kernelArgs,
                workDir,
                variant.shape().memory(),
                options.on("hugepages"));
    }

    private Duration allowance(Variant variant) {
        return options.seconds(
                "boot.timeout",
                ALLOWANCE.plus(ALLOWANCE_PER_CPU.multipliedBy(variant.topology().cpus())));
    }
}
