package dev.ktstr.vm.internal.machine;

import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What of a host a saved guest depends on, as text to be compared. */
public final class HostIdentity {
    private HostIdentity() {}

    /** Which file, and which state of it: a program or image that was built anew differs in time, and mostly in size. */
    public static String file(Path path) {
        try {
            Path real = path.toRealPath();
            return real + " " + Files.size(real) + " "
                    + Files.getLastModifiedTime(real).toInstant();
        } catch (IOException e) {
            throw new VmException(path + " cannot be looked at: " + e, e);
        }
    }

    /** With KVM the guest sees the host's own CPU: its model and features, and what microcode makes of them. */
    public static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return String.join(
                    ";",
                    lines.takeWhile(line -> !line.isBlank())
                            .filter(line -> line.matches("(model name|stepping|microcode|flags)\\s.*"))
                            .toList());
        } catch (IOException e) {
            throw new VmException("/proc/cpuinfo cannot be read: " + e, e);
        }
    }

    /** The host's kernel: what its KVM saves, and in which form, is its own. */
    public static String kernel() {
        try {
            return Files.readString(Path.of("/proc/version")).strip();
        } catch (IOException e) {
            throw new VmException("/proc/version cannot be read: " + e, e);
        }
    }
}
