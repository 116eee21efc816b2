package dev.ktstr.kernel;

import dev.ktstr.kernel.internal.Folders;
import dev.ktstr.kernel.internal.ImageFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Removes entries from the cache: plans first, so that somebody can be asked, then does it. */
public final class KernelCleaner {
    private final KernelCache cache;

    public KernelCleaner(KernelCache cache) {
        this.cache = cache;
    }

    /**
     * An entry that would go.
     *
     * @param key its name
     * @param why {@code "older than the 3 newest"}, or what is wrong with it
     * @param bytes what it takes on the disk
     */
    public record Victim(String key, String why, long bytes) {}

    /**
     * Chooses every entry but the most recently stored. Damaged ones go too; those of a newer release stay.
     *
     * @param keep how many to keep, 0 for none
     */
    public List<Victim> allBut(int keep) {
        KernelCache.Listing listing = cache.quickListing();
        List<CachedKernel> kernels = new ArrayList<>(listing.kernels());
        kernels.sort(Comparator.comparing(CachedKernel::created).reversed());
        List<Victim> victims = new ArrayList<>(damaged(listing));
        for (CachedKernel k : kernels.subList(Math.min(keep, kernels.size()), kernels.size())) {
            victims.add(victim(k.key(), keep == 0 ? "all go" : "older than the " + keep + " that stay"));
        }
        return victims;
    }

    /** Chooses the entries whose files are not what was stored, every file hashed. */
    public List<Victim> corrupt() {
        return damaged(cache.verifiedListing());
    }

    private List<Victim> damaged(KernelCache.Listing listing) {
        return listing.corrupt().stream()
                .filter(d -> !d.newer())
                .map(d -> victim(d.key(), d.why()))
                .toList();
    }

    private Victim victim(String key, String why) {
        return new Victim(key, why, size(cache.folder().resolve(key)));
    }

    /**
     * Removes entries.
     *
     * @param listener hears of each, and of those that are being made right now and stay
     * @return how many went
     */
    public int remove(List<Victim> victims, FetchListener listener) {
        int removed = 0;
        for (Victim victim : victims) {
            if (cache.remove(victim.key())) {
                listener.progress("removed " + victim.key());
                removed++;
            } else {
                listener.progress("kept " + victim.key() + ": another process is making it");
            }
        }
        return removed;
    }

    private static long size(Path entry) {
        long total = 0;
        for (Path file : Folders.list(entry)) {
            try (Stream<Path> tree = Files.walk(file)) {
                for (Path each : tree.filter(Files::isRegularFile).toList()) {
                    total += Files.size(each);
                }
            } catch (IOException e) {
                throw ImageFile.failed("look at", file, e);
            }
        }
        return total;
    }
}
