package dev.ktstr.vm.internal.ram;

import dev.ktstr.vm.SavedGuest;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The images of saved guests that this process has forked, so that only the first fork of each reads and checks it. Those used
 * longest ago go when all together are larger than a limit.
 */
public final class RamImages {
    private final long limitBytes;
    private final Map<Object, RamImage> images = new LinkedHashMap<>(16, 0.75f, true);

    /** None yet. */
    public RamImages(long limitBytes) {
        this.limitBytes = limitBytes;
    }

    /**
     * RAM that begins as a saved guest's. The caller owns it.
     *
     * @throws IOException what the saved guest's reader throws; also when it has more RAM than the layout
     */
    // Under the lock: two that fork the same guest at once read it once.
    public synchronized GuestRam fork(RamLayout layout, SavedGuest saved) throws IOException {
        Optional<Object> identity = saved.identity();
        if (identity.isEmpty()) {
            try (RamImage once = new RamImage(layout, saved)) {
                return once.fork();
            }
        }
        RamImage image = images.get(identity.get());
        if (image == null) {
            image = new RamImage(layout, saved);
            images.put(identity.get(), image);
            makeRoom();
        }
        return image.fork();
    }

    private void makeRoom() {
        long used = images.values().stream().mapToLong(RamImage::bytes).sum();
        Iterator<RamImage> oldest = images.values().iterator();
        while (used > limitBytes && images.size() > 1) {
            RamImage image = oldest.next();
            used -= image.bytes();
            oldest.remove();
            image.close();
        }
    }

    /** How many there are. */
    public synchronized int size() {
        return images.size();
    }
}
