package dev.ktstr.run;

import dev.ktstr.guest.BootImage;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.spec.CpuTopology;
import dev.ktstr.spec.NumaMemory;
import dev.ktstr.vm.Backend;
import dev.ktstr.vm.Backends;
import dev.ktstr.vm.VirtualMachine;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.host.HostSlots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does for variants that are to come what can be done while others run, on CPUs and in RAM that the host has free, as the
 * scheduler of variants counts them: it forks the next variant's guest, up to the point where the variant begins, and boots guests
 * for the templates of later ones. One thing at a time, and as one more variant beside those that run: no lower weight, for
 * one that holds a place and gets no CPU would be in the way. What goes wrong here costs nothing but that: the variant sees to its
 * guest itself, and says what is wrong then.
 */
public final class BootsAhead implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(BootsAhead.class);

    /** Templates that wait for their first variant. More could push one another out before they are used. */
    private static final int MOST_WAITING = 4;

    /** Changes of this process are told; this is for what other processes do. To look is to ask for one file, or for the places. */
    private static final long LOOK_NS = Duration.ofMillis(500).toNanos();

    private static final Duration END_LIMIT = Duration.ofSeconds(30);

    private final List<Coming> coming;
    private final Options options;
    private final Path folder;
    private final Thread thread;
    private final AtomicInteger reached = new AtomicInteger(-1);

    /** The first variants of templates made here, until they begin. */
    private final Deque<Integer> waiting = new ArrayDeque<>();

    /** The first variant of each kind of guest whose template may be missing. */
    private final Deque<Integer> missing = new ArrayDeque<>();

    private final List<Optional<Variant>> variants = new ArrayList<>();

    /** What can be done for variants that were looked at and have not begun, by their places in the list. */
    private final Map<Integer, Ahead> works = new HashMap<>();

    /** The variant for which a guest was made ready last; one before it may have taken that, and then there is to be another. */
    private int readyFor = -1;

    /** The variant for which none could be made. */
    private int failedFor = -1;

    private final Object ending = new Object();
    private boolean closed;
    private @Nullable VirtualMachine booting;

    /**
     * A variant that is to come.
     *
     * @param kernel the kernel; empty for the one in force
     */
    public record Coming(Shape shape, Optional<KernelImage> kernel) {}

    /** What variants have in common that are forked from one template. */
    private record Kind(
            String kernel, CpuTopology topology, int memoryMb, Optional<NumaMemory> memory, List<String> kargs) {
        static Kind of(Variant variant) {
            return new Kind(
                    variant.kernel().sha256(),
                    variant.topology(),
                    variant.memoryMb(),
                    variant.shape().memory(),
                    variant.scheduler().map(SchedulerEntry::kargs).orElse(List.of()));
        }
    }

    private BootsAhead(List<Coming> coming, Options options, Path baseDir) {
        this.coming = List.copyOf(coming);
        this.options = options;
        // Beside the folders of the runs, which the files of a guest are moved into.
        this.folder = options.get("sidecar.dir")
                .map(baseDir::resolve)
                .orElseGet(() -> baseDir.resolve("target/ktstr"))
                .resolve("ahead")
                .toAbsolutePath()
                .normalize();
        this.thread = new Thread(this::run, "ktstr-ahead");
        thread.setDaemon(true);
    }

    /**
     * Starts, if there is more than one variant and {@code ktstr.template.ahead} does not say no.
     *
     * @param coming all variants of this run, in their order
     * @param baseDir the module's folder; what guests that become templates print stays below its {@code target/ktstr/ahead}
     * @throws RunException when an option has a value that it does not take
     */
    public static Optional<BootsAhead> start(List<Coming> coming, Options options, Path baseDir) {
        if (coming.size() < 2 || !options.on("template.ahead", true)) {
            return Optional.empty();
        }
        BootsAhead ahead = new BootsAhead(coming, options, baseDir);
        ahead.thread.start();
        return Optional.of(ahead);
    }

    /** Tells that a variant, by its place in the list, has begun: its guest is its own business from now on. */
    public void reached(int index) {
        reached.accumulateAndGet(index, Math::max);
        LockSupport.unpark(thread);
    }

    private void run() {
        Changes.watch();
        try {
            Backend backend = Backends.select(options.get("backend").orElse(null));
            Parallel parallel = new Parallel(backend, options);
            Boot boot = new Boot(backend, options);
            if (boot.forks() && parallel.limits().machines() > 1) {
                resolve();
                workAhead(boot, parallel);
            }
        } catch (RunException | VmException | KernelException | UncheckedIOException | IOException e) {
            if (!isClosed()) {
                LOG.info("nothing more is done ahead: {}", e.getMessage());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            Changes.unwatch();
            ReadyGuests.OF_PROCESS.drop();
        }
    }

    private void resolve() {
        Host host = Host.here();
        Set<Kind> seen = new HashSet<>();
        for (int i = 0; i < coming.size(); i++) {
            Optional<Variant> variant = variant(coming.get(i), host);
            variants.add(variant);
            if (variant.isPresent() && seen.add(Kind.of(variant.get()))) {
                missing.add(i);
            }
        }
    }

    /** The variant, if it boots a guest on this host. */
    private Optional<Variant> variant(Coming next, Host host) {
        Shape shape = next.shape();
        if (shape.test().hostOnly()) {
            return Optional.empty();
        }
        KernelImage kernel = next.kernel()
                .orElseGet(() -> KernelsInForce.find(options)
                        .byLabel()
                        .values()
                        .iterator()
                        .next());
        return Applicability.on(host, shape, Optional.of(kernel), options).isPresent()
                ? Optional.empty()
                : Optional.of(new Variant(shape, kernel, ""));
    }

    private void workAhead(Boot boot, Parallel parallel) throws InterruptedException, IOException {
        Path image = BootImage.cached(KernelCache.root(System.getenv()).resolve("boot"));
        while (!isClosed() && reached.get() < coming.size() - 1) {
            int at = reached.get();
            works.keySet().removeIf(index -> index <= at);
            IntFunction<Ahead> work = index ->
                    works.computeIfAbsent(index, i -> boot.ahead(variants.get(i).orElseThrow(), image));
            if (isAboutToBeTaken(at) || (!readyForNext(work, parallel, at) && !nextTemplate(work, parallel, at))) {
                LockSupport.parkNanos(LOOK_NS);
            }
        }
        while (!isClosed() && ReadyGuests.OF_PROCESS.isReady()) {
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    /**
     * Whether a variant that has begun will take its guest in a moment, and so make room for the next one's: to boot a template
     * first would take longer than the variant runs.
     */
    private boolean isAboutToBeTaken(int at) {
        return readyFor == at && ReadyGuests.OF_PROCESS.isReady();
    }

    /** Makes the guest of the variant after {@code at} ready; false when that is done, or not to be done now. */
    private boolean readyForNext(IntFunction<Ahead> work, Parallel parallel, int at)
            throws InterruptedException, IOException {
        if (readyFor >= 0 && readyFor < at) {
            ReadyGuests.OF_PROCESS.drop(); // its variant never came for it
        }
        int next = at + 1;
        Variant variant = variants.get(next).orElse(null);
        if (variant == null
                || failedFor == next
                || ReadyGuests.OF_PROCESS.isReady()
                || PerformanceMode.wanted(variant.shape(), options)
                || options.get("template.seed").isPresent()
                || !work.apply(next).hasTemplate()) {
            return false;
        }
        // Not ended half way when the run ends: a fork that fails costs its template.
        return during(parallel, variant, () -> {
            readyFor = next;
            if (!work.apply(next)
                    .makeReady(folder("next-" + ProcessHandle.current().pid()))) {
                failedFor = next;
            }
        });
    }

    /** Makes the next template that variants after {@code at} will need; false when there is none to be made now. */
    private boolean nextTemplate(IntFunction<Ahead> work, Parallel parallel, int at)
            throws InterruptedException, IOException {
        waiting.removeIf(index -> index <= at);
        while (!missing.isEmpty() && waiting.size() < MOST_WAITING) {
            int first = missing.peek();
            if (first <= Math.max(at, 0) || !work.apply(first).lacksTemplate()) {
                missing.remove();
                continue;
            }
            Variant variant = variants.get(first).orElseThrow();
            return during(parallel, variant, () -> {
                missing.remove();
                String name = variant.kernel().label() + "-" + variant.topology() + "-" + variant.memoryMb();
                if (work.apply(first).makeTemplate(folder(name), this::started)) {
                    waiting.add(first);
                }
            });
        }
        return false;
    }

    /** A folder for what a guest writes; made when there is one. */
    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    /** Something that needs a folder. */
    private interface Work {
        void run() throws IOException;
    }

    /** Does something for which the host must have room; false when it has none. */
    private boolean during(Parallel parallel, Variant variant, Work work) throws InterruptedException, IOException {
        HostSlots.Slot slot = parallel.beside(variant).orElse(null);
        if (slot == null) {
            return false;
        }
        try (slot) {
            work.run();
        } finally {
            started(null);
        }
        return true;
    }

    private void started(@Nullable VirtualMachine machine) {
        boolean late;
        synchronized (ending) {
            booting = machine;
            late = closed;
        }
        if (machine != null && late) {
            machine.kill();
        }
    }

    private boolean isClosed() {
        synchronized (ending) {
            return closed;
        }
    }

    /** Ends what is under way: a boot at once, a fork when it is ready. Idempotent. */
    @Override
    public void close() {
        VirtualMachine machine;
        synchronized (ending) {
            closed = true;
            machine = booting;
        }
        LockSupport.unpark(thread);
        try {
            if (machine != null) {
                machine.kill();
            }
            thread.join(END_LIMIT.toMillis());
        } catch (VmException e) {
            LOG.error("{}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            LOG.error("thread {} did not end within {} s", thread.getName(), END_LIMIT.toSeconds());
        }
    }
}
