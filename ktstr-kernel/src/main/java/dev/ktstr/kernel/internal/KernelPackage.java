package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The kernel in one or several distribution packages, wherever the distribution puts it: {@code boot/vmlinuz-VER} (Debian
 * up to 7.1), {@code usr/lib/modules/VER/vmlinuz} (Debian from 7.2 on, openSUSE), {@code lib/modules/VER/vmlinuz} (Fedora).
 *
 * @param vmlinuz the image
 * @param config its configuration, or null when none of the packages has it
 * @param release what the packages call it, {@code 6.14.2-300.fc42.x86_64}
 */
public record KernelPackage(Path vmlinuz, @Nullable Path config, String release) {
    private static final String RELEASE = "(\\d[A-Za-z0-9.+_~-]{0,150})";
    private static final Pattern VMLINUZ = place("vmlinuz");
    private static final Pattern CONFIG = place("config");

    private static Pattern place(String name) {
        return Pattern.compile("(?:usr/)?lib/modules/" + RELEASE + "/" + name + "|boot/" + name + "-" + RELEASE);
    }

    /** Tells whether a file name is that of a package this can read. */
    public static boolean isOne(String name) {
        return name.endsWith(".deb") || name.endsWith(".rpm");
    }

    /**
     * Unpacks the kernel.
     *
     * @param packages of one distribution, by their endings
     * @param into a folder for the files
     * @throws KernelException when there is none in them, or they are damaged
     */
    public static KernelPackage unpack(List<Path> packages, Path into) {
        Map<Pattern, Path> wanted = new LinkedHashMap<>();
        wanted.put(VMLINUZ, into.resolve("vmlinuz"));
        wanted.put(CONFIG, into.resolve("config"));
        Map<String, Path> taken = new LinkedHashMap<>();
        for (Path each : packages) {
            taken.putAll(
                    each.toString().endsWith(".rpm") ? RpmArchive.take(each, wanted) : DebArchive.take(each, wanted));
        }
        String release = release(taken, VMLINUZ);
        if (release == null) {
            throw new KernelException("no kernel in " + packages + ": none of lib/modules/VERSION/vmlinuz,"
                    + " usr/lib/modules/VERSION/vmlinuz and boot/vmlinuz-VERSION is a file in it. The kernel of Fedora is"
                    + " in kernel-core, that of openSUSE in kernel-default, that of Debian in linux-binary-VERSION or"
                    + " linux-image-VERSION");
        }
        Path config = into.resolve("config");
        boolean same = release.equals(release(taken, CONFIG)) && Files.exists(config);
        return new KernelPackage(into.resolve("vmlinuz"), same ? config : null, release);
    }

    private static @Nullable String release(Map<String, Path> taken, Pattern pattern) {
        for (String name : taken.keySet()) {
            Matcher m = pattern.matcher(name);
            if (m.matches()) {
                return m.group(1) == null ? m.group(2) : m.group(1);
            }
        }
        return null;
    }
}
