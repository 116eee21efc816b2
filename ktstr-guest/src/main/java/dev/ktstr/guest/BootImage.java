package dev.ktstr.guest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The initramfs: the agent as {@code /init}, {@code /dev/console}, and nothing else. A variant's own files are sent
 * later, so one image serves all.
 */
public final class BootImage {
    private static final String AGENT = "agent/x86_64/ktstr-agent";

    /** Part of the cached name: to be raised when {@link #bytes()} makes something else of the same agent. */
    private static final String FORM = "v1";

    private BootImage() {}

    /**
     * Gives the path of the image in a cache folder, writing it if it is not there. It is named by the SHA-256 of the
     * agent; the file appears complete or not at all, also when several processes write it at once.
     *
     * @throws UncheckedIOException when the folder cannot be written
     */
    public static Path cached(Path cacheDir) {
        Path image = cacheDir.resolve("initramfs-" + FORM + "-" + agentHash() + ".cpio");
        try {
            if (Files.isRegularFile(image)) {
                return image;
            }
            Files.createDirectories(cacheDir);
            Path aside = Files.createTempFile(cacheDir, "initramfs", ".part");
            try {
                Files.write(aside, bytes());
                Files.move(aside, image, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the boot image " + image + ": " + e.getMessage(), e);
        }
    }

    /** Makes the image: a cpio archive of form "newc", uncompressed; the same bytes for the same agent. */
    public static byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        CpioWriter cpio = new CpioWriter(out);
        cpio.directory("dev", 0755);
        cpio.characterDevice("dev/console", 0600, 5, 1); // Documentation/admin-guide/devices.txt: 5, 1
        cpio.file("init", 0755, resource(AGENT));
        cpio.finish();
        return out.toByteArray();
    }

    /** What the build wrote beside the agent, in the form of sha256sum: hashing it anew for every variant takes longer than all else here. */
    private static String agentHash() {
        String line = new String(resource(AGENT + ".sha256"), StandardCharsets.US_ASCII);
        return line.substring(0, 32);
    }

    private static byte[] resource(String name) {
        try (InputStream in = BootImage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("ktstr-guest was built without its agent: " + name
                        + " is not in it. Build the module with Maven");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + name + " of ktstr-guest: " + e.getMessage(), e);
        }
    }
}
