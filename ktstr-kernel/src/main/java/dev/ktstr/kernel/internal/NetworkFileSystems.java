package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** Tells file systems that other machines can write to from those of this machine. */
public final class NetworkFileSystems {
    /** Types as in /proc/mounts; FUSE ones without their {@code fuse.}. */
    private static final Set<String> TYPES = Set.of(
            "nfs",
            "nfs4",
            "cifs",
            "smb3",
            "smbfs",
            "ncpfs",
            "9p",
            "afs",
            "coda",
            "ceph",
            "lustre",
            "gpfs",
            "gfs2",
            "ocfs2",
            "orangefs",
            "pvfs2",
            "beegfs",
            "glusterfs",
            "sshfs",
            "s3fs",
            "rclone",
            "davfs",
            "gcsfuse",
            "ceph-fuse");

    private NetworkFileSystems() {}

    /** The type of the file system of an existing path, {@code ext4}; null when the system does not tell. */
    public static @Nullable String typeOf(Path path) {
        try {
            return Files.getFileStore(path).type();
        } catch (IOException e) {
            LoggerFactory.getLogger(NetworkFileSystems.class)
                    .debug("the file system of {} is not known: {}", path, e.toString());
            return null;
        }
    }

    /**
     * Refuses a folder, which need not exist yet, on a network file system.
     *
     * @param typeOf type of the file system of an existing path
     * @throws KernelException naming the type and the cure
     */
    public static void refuse(Path folder, Function<Path, @Nullable String> typeOf) {
        Path existing = folder;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        String type = typeOf.apply(existing);
        if (type != null && isNetwork(type)) {
            throw new KernelException("the kernel cache " + folder + " is on a network file system (" + type
                    + "), where locks and renames of another machine are not seen; set KTSTR_CACHE_DIR to a folder on a"
                    + " local disk, and share kernels with -Dktstr.remoteCache=" + folder);
        }
    }

    static boolean isNetwork(String type) {
        String name = type.toLowerCase(Locale.ROOT);
        return TYPES.contains(name.startsWith("fuse.") ? name.substring("fuse.".length()) : name);
    }
}
