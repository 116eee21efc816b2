package dev.ktstr.kernel.remote;

import java.io.IOException;
import java.nio.file.Path;

/** Files under names, somewhere else; every operation ends in bounded time. */
interface Blobs {
    /** Tells whether there is one. */
    boolean has(String name) throws IOException;

    /**
     * Gets one.
     *
     * @param to written anew; half a file may be left when this throws
     * @param max the most bytes to take
     * @return false when there is none
     */
    boolean get(String name, Path to, long max) throws IOException;

    /** Puts one, whole or not at all; what is there already may be replaced. */
    void put(String name, Path from) throws IOException;
}
