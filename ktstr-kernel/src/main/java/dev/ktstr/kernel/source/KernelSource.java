package dev.ktstr.kernel.source;

import dev.ktstr.kernel.BuildListener;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Kernel sources that can be built. */
public interface KernelSource {
    /**
     * Says which sources they are, without getting them. Asked again after a build, it tells whether they have changed
     * meanwhile.
     *
     * @throws dev.ktstr.kernel.KernelException when they do not exist, or cannot be told
     */
    Identity identify();

    /**
     * Makes the sources ready.
     *
     * @param identity what {@link #identify} said
     * @param work folder for what has to be put somewhere; what an earlier call left there is used or replaced
     * @return top of a tree without in-tree build products, inside {@code work} or where the user has it; not to be written
     *     to
     * @throws dev.ktstr.kernel.KernelException when they cannot be got
     */
    Path obtain(Identity identity, Path work, BuildListener listener);

    /**
     * Takes a file that a build made for the user of the sources, {@code compile_commands.json}.
     *
     * @return where it is now
     */
    default Path take(Path file) {
        return file;
    }

    /**
     * Which sources.
     *
     * @param stem how keys of the cache start: {@code 6.14.2-tarball}, {@code local-0123abc}
     * @param version version of the kernel, as far as known before the sources are there
     * @param origin where they come from, in words
     * @param source what a cache entry is stored under as its source; see {@link dev.ktstr.kernel.CacheSource}
     * @param commit full commit hash, where there is one
     * @param place name of the folder of their builds; the same for all states of a local tree, so that builds go on from
     *     each other
     * @param dirty why a build of them must not be cached; null when it may
     */
    record Identity(
            String stem,
            String version,
            String origin,
            String source,
            @Nullable String commit,
            String place,
            @Nullable String dirty) {}
}
