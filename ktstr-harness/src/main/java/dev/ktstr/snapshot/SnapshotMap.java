package dev.ktstr.snapshot;

import java.util.List;

/**
 * A map in a snapshot.
 */
public interface SnapshotMap {
    /** Its name as the kernel has it, at most 15 characters. */
    String name();

    /** What it is, as failures show it: {@code map NAME (type=…, value_size=…, max_entries=…)}. */
    String header();

    /** Its entries, in the order they were found; at most as many as were captured. */
    List<Entry> entries();

    /** Whether there were more entries than were captured. */
    boolean cut();

    /**
     * The value of an array at an index, or of a hash at a key of at most 8 bytes.
     *
     * @throws SnapshotException when there is no such entry
     */
    Entry entry(long key);

    /**
     * An entry.
     *
     * @param key its key
     * @param values one value; one for each possible CPU in per-CPU maps
     */
    record Entry(SnapshotValue key, List<SnapshotValue> values) {
        /** Copies the list. */
        public Entry {
            values = List.copyOf(values);
        }

        /** The value. @throws SnapshotException when there is one for each CPU */
        public SnapshotValue value() {
            if (values.size() != 1) {
                throw new SnapshotException("the entry has a value for each of " + values.size()
                        + " CPUs. Hint: use values().get(cpu) or sum().");
            }
            return values.get(0);
        }

        /** The sum of a number over all CPUs. @throws SnapshotException when the values are no numbers */
        public long sum() {
            return values.stream().mapToLong(SnapshotValue::asLong).sum();
        }
    }
}
