package dev.ktstr.vm.kernel;

import dev.ktstr.vm.GuestMemory;
import java.util.HashMap;
import java.util.Map;

/** Guest memory of which some words are others at each look: a guest that runs on while it is read. */
public final class ChangingMemory implements GuestMemory {
    private final GuestMemory memory;
    private final Map<Long, Runnable> changes = new HashMap<>();
    private int looks;

    public ChangingMemory(GuestMemory memory) {
        this.memory = memory;
    }

    /** Runs {@code change} after each look at the word. */
    public void after(long gpa, Runnable change) {
        changes.put(gpa, change);
    }

    /** How often a word that changes was looked at. */
    public int looks() {
        return looks;
    }

    private void looked(long gpa, long length) {
        changes.forEach((at, change) -> {
            if (gpa <= at && at < gpa + length) {
                looks++;
                change.run();
            }
        });
    }

    @Override
    public boolean contains(long gpa, long length) {
        return memory.contains(gpa, length);
    }

    @Override
    public long size() {
        return memory.size();
    }

    @Override
    public void read(long gpa, byte[] target, int offset, int length) {
        memory.read(gpa, target, offset, length);
        looked(gpa, length);
    }

    @Override
    public void write(long gpa, byte[] source, int offset, int length) {
        memory.write(gpa, source, offset, length);
    }

    @Override
    public int getIntAcquire(long gpa) {
        int value = memory.getIntAcquire(gpa);
        looked(gpa, Integer.BYTES);
        return value;
    }

    @Override
    public void putIntRelease(long gpa, int value) {
        memory.putIntRelease(gpa, value);
    }

    @Override
    public long getLongAcquire(long gpa) {
        long value = memory.getLongAcquire(gpa);
        looked(gpa, Long.BYTES);
        return value;
    }

    @Override
    public void putLongRelease(long gpa, long value) {
        memory.putLongRelease(gpa, value);
    }
}
