package dev.ktstr.vm.qemu;

import dev.ktstr.vm.VmException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A qemu-system-x86_64 that was found and is new enough.
 *
 * @param path the executable
 * @param version as {@code --version} says it, {@code 10.0.2}
 */
record QemuBinary(Path path, String version) {
    static final String NAME = "qemu-system-x86_64";

    /** Oldest that is accepted; older ones stop on some of the options used, or misreport shutdown reasons. */
    static final String MINIMUM = "8.2";

    private static final String CURE = "install the package that has " + NAME
            + " (Debian and Ubuntu: qemu-system-x86, on Debian 12 from bookworm-backports; Fedora: qemu-system-x86-core),"
            + " or name one with -Dktstr.qemu=PATH or KTSTR_QEMU=PATH";
    private static final Pattern VERSION = Pattern.compile("version (\\d{1,4})\\.(\\d{1,4})(\\.\\d{1,6})?");
    private static final int VERSION_TIMEOUT_S = 20;
    private static final int MAX_VERSION_BYTES = 4096;

    /**
     * Looks at the named path, else along {@code PATH}.
     *
     * @param named value of {@code -Dktstr.qemu} or {@code KTSTR_QEMU}, or null
     * @param searchPath value of {@code PATH}, or null
     * @throws VmException when there is none, it does not run, or it is too old
     */
    static QemuBinary find(@Nullable String named, @Nullable String searchPath) {
        Path path;
        if (named != null && !named.isBlank()) {
            path = Path.of(named);
            if (!Files.isExecutable(path)) {
                throw new VmException("QEMU: " + path + ", named by -Dktstr.qemu or KTSTR_QEMU, "
                        + (Files.exists(path) ? "cannot be executed" : "does not exist") + "; " + CURE);
            }
        } else {
            path = onPath(NAME, searchPath)
                    .orElseThrow(() -> new VmException("QEMU: no " + NAME + " on the PATH; " + CURE));
        }
        String said = firstLine(path);
        Matcher m = VERSION.matcher(said);
        if (!m.find()) {
            throw new VmException(
                    "QEMU: " + path + " --version said '" + said + "', which has no version number; " + CURE);
        }
        String version = m.group().substring("version ".length());
        int major = Integer.parseInt(m.group(1));
        int minor = Integer.parseInt(m.group(2));
        if (major < 8 || (major == 8 && minor < 2)) {
            throw new VmException(
                    "QEMU: " + path + " is version " + version + ", wanted " + MINIMUM + " or newer; " + CURE);
        }
        return new QemuBinary(path, version);
    }

    /** The first executable of this name along a search path. */
    static Optional<Path> onPath(String name, @Nullable String searchPath) {
        if (searchPath == null) {
            return Optional.empty();
        }
        for (String folder : searchPath.split(File.pathSeparator, -1)) {
            Path candidate = Path.of(folder.isEmpty() ? "." : folder, name);
            if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
                return Optional.of(candidate.toAbsolutePath());
            }
        }
        return Optional.empty();
    }

    private static String firstLine(Path path) {
        try {
            Process process = new ProcessBuilder(List.of(path.toString(), "--version"))
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                    .start();
            // A few lines fit the pipe, so nobody needs to read before the end; one who floods it meets the time limit.
            if (!process.waitFor(VERSION_TIMEOUT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new VmException(
                        "QEMU: " + path + " --version did not end within " + VERSION_TIMEOUT_S + " s; " + CURE);
            }
            try (InputStream output = process.getInputStream()) {
                byte[] text = output.readNBytes(Math.min(output.available(), MAX_VERSION_BYTES));
                return new String(text, StandardCharsets.UTF_8)
                        .lines()
                        .findFirst()
                        .orElse("")
                        .strip();
            }
        } catch (IOException e) {
            throw new VmException("QEMU: " + path + " does not run: " + e.getMessage() + "; " + CURE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new VmException("interrupted while asking " + path + " for its version", e);
        }
    }

    /** The file of this name among QEMU's firmware, if it is there. */
    Optional<Path> firmware(String name) {
        Path prefix = path.toAbsolutePath().getParent();
        if (prefix == null || prefix.getParent() == null) {
            return Optional.empty();
        }
        Path file = prefix.getParent().resolve("share/qemu").resolve(name);
        return Files.isReadable(file) ? Optional.of(file) : Optional.empty();
    }
}
