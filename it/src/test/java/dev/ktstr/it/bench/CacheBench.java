package dev.ktstr.it.bench;

import dev.ktstr.kernel.CachedKernel;
import dev.ktstr.kernel.KernelCache;
import dev.ktstr.kernel.KernelRequirements;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * Times the kernel cache on an entry, named by its key: a hit, first in a new JVM and then again; a hit after which
 * every file is hashed; and what it takes once, unpacking vmlinux from the image included. Prints milliseconds.
 *
 * <p>{@code java -cp … dev.ktstr.it.bench.CacheBench KEY}
 */
public final class CacheBench {
    private static final int HITS = 200;

    private CacheBench() {}

    /** Runs with {@code KEY}. */
    public static void main(String[] args) throws IOException {
        String key = args[0];
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long cpu = threads.getCurrentThreadCpuTime();
        long start = System.nanoTime();
        hit(KernelCache.standard(), key);
        // The CPU time stays comparable on a busy machine; nearly all of it is the loading of classes.
        System.out.printf(
                "first hit in a new JVM: %.1f ms (%.1f ms of CPU)%n",
                since(start), (threads.getCurrentThreadCpuTime() - cpu) / 1e6);

        double[] hits = new double[HITS];
        for (int i = 0; i < HITS; i++) {
            long from = System.nanoTime();
            hit(KernelCache.standard(), key);
            hits[i] = since(from);
        }
        Arrays.sort(hits);
        System.out.printf("hit: median %.2f ms, 99th percentile %.2f ms%n", hits[HITS / 2], hits[HITS * 99 / 100]);

        start = System.nanoTime();
        KernelCache.standard().verifiedListing();
        System.out.printf("every file of every entry hashed: %.1f ms%n", since(start));

        try (Scratch scratch = Scratch.make()) {
            CachedKernel kernel = KernelCache.standard().find(key).orElseThrow();
            for (int i = 0; i < 3; i++) {
                start = System.nanoTime();
                new KernelCache(scratch.path().resolve("c" + i))
                        .store("k", kernel.image().image(), kernel.image().config(), "bench", null);
                System.out.printf("stored, vmlinux unpacked, hashed and on the disk: %.0f ms%n", since(start));
            }
        }
    }

    /** From its name to the file that a virtual machine is started with. */
    private static void hit(KernelCache cache, String key) {
        KernelRequirements.bootFile(cache.find(key).orElseThrow().image());
    }

    private static double since(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
