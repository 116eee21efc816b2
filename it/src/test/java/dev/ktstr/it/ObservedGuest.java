package dev.ktstr.it;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.guest.SchedulerAttached;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.Boot;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.SchedulerBinary;
import dev.ktstr.run.Variant;
import dev.ktstr.vm.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** A guest of a kernel of the test's choice, for tests that look at it from outside. */
final class ObservedGuest implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);

    private final BootedGuest guest;
    private final Variant variant;
    private final Options options;

    private ObservedGuest(BootedGuest guest, Variant variant, Options options) {
        this.guest = guest;
        this.variant = variant;
        this.options = options;
    }

    /**
     * Boots one.
     *
     * @param kernel which, or empty for that of this process
     * @param fixture the test whose machine and scheduler it has, {@code Fixtures#confined}
     */
    static ObservedGuest boot(Optional<String> kernel, String fixture, Map<String, String> more, Path folder) {
        Options options = Runs.options(more);
        Variant variant = new Variant(
                Registry.load(ObservedGuest.class.getClassLoader()).test("dev.ktstr.it." + fixture),
                image(kernel, options));
        BootedGuest guest = new Boot(Backends.select(options.get("backend").orElse(null)), options)
                .boot(variant, bootImage(), folder, machine -> {});
        return new ObservedGuest(guest, variant, options);
    }

    /** The kernel asked for. Where it is not in the cache the test is skipped, and says so where it is seen. */
    static KernelImage image(Optional<String> kernel, Options options) {
        if (kernel.isPresent() && KernelCache.standard().find(kernel.get()).isEmpty()) {
            String why = "SKIPPED: no kernel " + kernel.get() + " is in the cache; KernelBuildIT of ./check builds it";
            System.err.println(why);
            Assumptions.abort(why);
        }
        return KernelDiscovery.standard()
                .find(kernel.or(() -> options.get("kernel")).orElse(null));
    }

    static Path bootImage() {
        return BootImage.cached(KernelCache.root(System.getenv()).resolve("boot"));
    }

    BootedGuest guest() {
        return guest;
    }

    Variant variant() {
        return variant;
    }

    /** Starts the fixture's scheduler with its arguments and some more. */
    SchedulerAttached startScheduler(String... more) throws IOException {
        List<GuestFile> files = new ArrayList<>();
        for (ElfClosure.Entry entry : ElfClosure.of(
                SchedulerBinary.find(variant.scheduler().orElseThrow(), options, Path.of("")), List.of())) {
            files.add(GuestFile.of(entry.guestPath(), 0755, entry.hostPath()));
        }
        guest.session().send(files, LIMIT);
        List<String> argv = new ArrayList<>(List.of(files.get(0).path()));
        argv.addAll(variant.schedulerArgs());
        argv.addAll(List.of(more));
        return guest.session().startScheduler(argv, LIMIT);
    }

    /** Looks again until it holds; the time is bounded. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("within " + LIMIT.toSeconds() + " s: " + what);
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        guest.close();
    }
}
