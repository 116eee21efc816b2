package dev.ktstr.kernel;

import java.nio.file.Path;

/**
 * A second cache behind the one of this machine, shared by several: optional, and never the reason for a failure.
 *
 * <p>What comes from it is checked against digests before it becomes an entry. They guard against damage, not against
 * malice: whoever may write to a remote cache chooses the kernels of all who read it.
 */
public interface RemoteCache {
    /** None. */
    RemoteCache NONE = new RemoteCache() {
        @Override
        public boolean fetch(String key, Path entry, FetchListener listener) {
            return false;
        }

        @Override
        public void store(String key, Path entry, Path scratch, boolean anew, FetchListener listener) {}
    };

    /**
     * Gets an entry.
     *
     * @param entry an empty folder, with room beside it for temporary files; it holds the whole entry, checked, when this returns true, and is empty otherwise
     * @param listener hears what was got, or why nothing could be
     * @return whether there was one; trouble of any kind counts as no
     */
    boolean fetch(String key, Path entry, FetchListener listener);

    /**
     * Gives it an entry, unless it only reads, or has it already and that is good enough.
     *
     * @param entry folder of the entry
     * @param scratch a folder for temporary files
     * @param anew replace what it has of this key: the entry was made again on purpose
     * @param listener hears what was given, or why nothing could be
     */
    void store(String key, Path entry, Path scratch, boolean anew, FetchListener listener);
}
