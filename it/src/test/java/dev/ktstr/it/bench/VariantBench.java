package dev.ktstr.it.bench;

import dev.ktstr.guest.BootImage;
import dev.ktstr.guest.GuestFile;
import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.result.Outcome;
import dev.ktstr.run.BootedGuest;
import dev.ktstr.run.Options;
import dev.ktstr.run.VariantRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/** What a variant costs beyond its scenario, beside bare QEMU. Prints a table; takes about a minute. */
public final class VariantBench {
    private static final int ROUNDS = 5;
    private static final int CPUS = 4;
    private static final int SENT_BYTES = 10 << 20;

    private VariantBench() {}

    /** Runs with {@code [source of the rival's init]}. */
    public static void main(String[] args) throws Exception {
        // What is measured here is a boot; ForkBench measures forks.
        System.setProperty("ktstr.template", "off");
        KernelImage kernel = KernelDiscovery.standard().find(null);
        try (Scratch scratch = Scratch.make()) {
            BareQemu rival = new BareQemu(kernel, scratch.path(), Path.of(args[0]));
            List<Double> bare = new ArrayList<>();
            List<Double> hello = new ArrayList<>();
            List<Double> overhead = new ArrayList<>();
            List<Double> send = new ArrayList<>();
            variant(send);
            send.clear();
            for (int i = 0; i < ROUNDS; i++) {
                bare.add(rival.bootMillis(CPUS));
                Outcome outcome = variant(send);
                Map<String, Double> t = outcome.timings();
                hello.add(t.get("boot"));
                overhead.add(t.get("total") - t.get("boot") - t.get("scenario"));
            }
            System.out.printf("kernel %s, %d vCPUs, TCG, median of %d%n", kernel.version(), CPUS, ROUNDS);
            row("bare QEMU, bzImage to first line of init", median(bare), "ms", "");
            row("ktstr, start to agent's hello", median(hello), "ms", "at most 1.3 x bare QEMU");
            row("ratio", median(hello) / median(bare), "x", "1.3");
            row("harness overhead of a variant", median(overhead), "ms", "150");
            row("boot image from cache", bootImageMillis(scratch.path()), "ms", "5");
            row("sending 10 MB into the guest", median(send), "ms", "300");
            row("boot image with the agent", BootImage.bytes().length / 1024.0, "KiB", "1024");
            row("JVM heap in use after a collection", heapMb(), "MB", "128");
        }
    }

    private static Outcome variant(List<Double> send) {
        byte[] payload = new byte[SENT_BYTES];
        new Random(1).nextBytes(payload);
        VariantRun run = new VariantRun("dev.ktstr.it.Fixtures#boots4", Options.ofProcess(), Path.of(""));
        Outcome outcome = run.execute(ctx -> {
                    long from = System.nanoTime();
                    ((BootedGuest) ctx.guest())
                            .session()
                            .send(List.of(GuestFile.of("/tmp/payload", 0644, payload)), Duration.ofSeconds(60));
                    send.add((System.nanoTime() - from) / 1e6);
                    return null;
                })
                .outcome();
        if (!outcome.details().isEmpty()) {
            throw new IllegalStateException(String.join("\n", outcome.details()));
        }
        return outcome;
    }

    private static double bootImageMillis(Path scratch) {
        BootImage.cached(scratch);
        double[] millis = new double[50];
        for (int i = 0; i < millis.length; i++) {
            long from = System.nanoTime();
            BootImage.cached(scratch);
            millis[i] = (System.nanoTime() - from) / 1e6;
        }
        Arrays.sort(millis);
        return millis[millis.length / 2];
    }

    private static double heapMb() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / 1e6;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }

    private static void row(String what, double value, String unit, String limit) {
        System.out.printf(
                Locale.ROOT, "%-44s %10.2f %-4s%s%n", what, value, unit, limit.isEmpty() ? "" : "  limit " + limit);
    }
}
