package dev.ktstr.result;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Where everything that one variant leaves lies: the sidecar, and beside it a folder of its name with the console, the
 * scheduler's log and the machine's description. A later run of the same variant replaces it.
 *
 * @param folder console, logs, machine description
 * @param sidecar the result file
 */
public record RunFolder(Path folder, Path sidecar) {
    private static final int MAX_PROFILE = 80;

    /**
     * Makes the folder, empty.
     *
     * @param root the folder of this kernel and commit
     * @param test name of the test
     * @param topology its short form
     * @param flags the flag profile; named where there are any
     * @param identity everything else that tells this variant from another of the same name
     */
    public static RunFolder create(Path root, String test, String topology, List<String> flags, List<String> identity) {
        String profile = flags.isEmpty() ? "" : "-" + shortened(String.join("+", flags));
        String stem = test + "-" + topology + profile + "-" + hash(identity);
        Path folder = root.resolve(stem);
        try {
            Files.createDirectories(folder);
            try (DirectoryStream<Path> old = Files.newDirectoryStream(folder, Files::isRegularFile)) {
                for (Path file : old) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("making the run folder " + folder + " failed: " + e, e);
        }
        return new RunFolder(folder, root.resolve(stem + ".ktstr.json"));
    }

    /** Writes a file of the folder. */
    public void write(String name, String text) {
        writeAtomically(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes aside and renames, so that a reader sees the old file or the whole new one. */
    static void writeAtomically(Path target, byte[] content) {
        Path aside = target.resolveSibling(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        try {
            Files.write(aside, content);
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            UncheckedIOException failure = new UncheckedIOException("writing " + target + " failed: " + e, e);
            try {
                Files.deleteIfExists(aside);
            } catch (IOException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
    }

    /** A file's name has room for 255 bytes; the hash tells long profiles apart. */
    private static String shortened(String profile) {
        return profile.length() <= MAX_PROFILE ? profile : profile.substring(0, MAX_PROFILE) + "~";
    }

    private static String hash(List<String> identity) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            for (String part : identity) {
                sha.update(part.getBytes(StandardCharsets.UTF_8));
                sha.update((byte) 0);
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
