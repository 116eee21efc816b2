package dev.ktstr.kernel;

import java.io.IOException;
import java.nio.file.Path;

/** Makes what goes into a new cache entry: builds a kernel, unpacks a package. */
@FunctionalInterface
public interface EntryMaker {
    /**
     * Makes the kernel.
     *
     * @param work an empty folder for whatever it takes, on the cache's file system; it is removed afterwards, and when the
     *     JVM ends or is killed before, by the next run
     * @return the finished files, in {@code work} or elsewhere; they are copied
     * @throws KernelException when it cannot be made; nothing is cached then
     * @throws IOException likewise; the cache adds which kernel it is
     */
    KernelMaterial make(Path work) throws IOException;
}
