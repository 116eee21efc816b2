package dev.ktstr.guest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The agent as a program of the host: the same bytes that are init of a guest. */
public final class AgentBinary {
    private static final String AGENT = "agent/x86_64/ktstr-agent";

    private AgentBinary() {}

    /**
     * Gives its path in a cache folder, writing it if it is not there. The name has the SHA-256 of its content; the file appears
     * complete or not at all, also when several processes write it at once.
     *
     * @throws UncheckedIOException when the folder cannot be written
     */
    public static Path cached(Path cacheDir) {
        String hash = new String(resource(AGENT + ".sha256"), StandardCharsets.US_ASCII).substring(0, 32);
        Path program = cacheDir.resolve("ktstr-agent-" + hash);
        try {
            if (Files.isExecutable(program)) {
                return program;
            }
            Files.createDirectories(cacheDir);
            Path aside = Files.createTempFile(cacheDir, "ktstr-agent", ".part");
            try {
                Files.write(aside, resource(AGENT));
                Files.setPosixFilePermissions(aside, PosixFilePermissions.fromString("rwxr-xr-x"));
                Files.move(aside, program, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write the agent " + program + ": " + e.getMessage(), e);
        }
    }

    private static byte[] resource(String name) {
        try (InputStream in = AgentBinary.class.getResourceAsStream(name)) {
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
