package dev.ktstr.vm.host;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of this user's in memory. Everybody may write beside it, so it is used only when it is this user's alone: a file
 * from somebody else there would be a guest of theirs in a test of ours.
 */
public final class OwnFolder {
    /** Where Linux systems mount a tmpfs for everybody (shm_overview(7)). */
    public static final Path SHM = Path.of("/dev/shm");

    private static final Logger LOG = LoggerFactory.getLogger(OwnFolder.class);

    private OwnFolder() {}

    /** The folder, made when it is not there; empty when there is no tmpfs, or somebody else has taken the name. */
    public static Optional<Path> inMemory() {
        return in(SHM);
    }

    static Optional<Path> in(Path shm) {
        try {
            if (!Files.getFileStore(shm).type().equals("tmpfs")) {
                return Optional.empty();
            }
            Object uid = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            Path folder = shm.resolve("ktstr-" + uid);
            try {
                Files.createDirectory(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            } catch (FileAlreadyExistsException e) {
                LOG.trace("{} is there already; below is told whose it is", folder);
            }
            boolean ours = Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && uid.equals(Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS))
                    && PosixFilePermissions.toString(Files.getPosixFilePermissions(folder, LinkOption.NOFOLLOW_LINKS))
                            .equals("rwx------");
            if (!ours) {
                LOG.warn("{} is not a folder of this user alone, and is not used", folder);
                return Optional.empty();
            }
            return Optional.of(folder);
        } catch (IOException e) {
            LOG.info("no folder in memory: {}", e.toString());
            return Optional.empty();
        }
    }
}
