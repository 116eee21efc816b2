package dev.ktstr.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The cgroup v2 hierarchy of a host (Documentation/admin-guide/cgroup-v2.rst), and the place in it where runs put their cgroups.
 *
 * @param mount where it is mounted
 * @param parent the cgroup below which they are made
 * @param controllers those that the parent can give to its children
 */
public record CgroupMount(Path mount, Path parent, Set<String> controllers) {
    /** What scenarios use. */
    static final List<String> WANTED = List.of("cpuset", "cpu", "memory", "pids");

    private static final Logger LOG = LoggerFactory.getLogger(CgroupMount.class);

    private static final String DELEGATE =
            " Hint: run as root, or let systemd delegate a cgroup: systemd-run --user --scope -p Delegate=yes -- …, and name an"
                    + " empty cgroup in it with -Dktstr.host.cgroup=PATH";

    /** Copies the set. */
    public CgroupMount {
        controllers = Set.copyOf(controllers);
    }

    /**
     * Finds it.
     *
     * @param root the file system's root
     * @param chosen the parent to use instead of the hierarchy's root; an absolute path
     * @throws HostException when there is no such hierarchy, or cgroups cannot be made there
     */
    public static CgroupMount find(Path root, Optional<String> chosen) {
        Path mount = root.resolve(
                "/".equals(root.toString())
                        ? mountPoint(root)
                        : mountPoint(root).substring(1));
        Path parent = chosen.map(path -> below(mount, Path.of(path))).orElse(mount);
        if (!Files.isDirectory(parent)) {
            throw new HostException("There is no cgroup " + parent + ". Hint: make it, or correct -Dktstr.host.cgroup");
        }
        if (!Files.isWritable(parent) || !Files.isWritable(parent.resolve("cgroup.procs"))) {
            throw new HostException("Cannot make cgroups in " + parent + ": no permission to write there." + DELEGATE);
        }
        return new CgroupMount(mount, parent, words(parent.resolve("cgroup.controllers")));
    }

    private static Path below(Path mount, Path chosen) {
        Path path = chosen.normalize();
        if (!path.isAbsolute() || !path.startsWith(mount)) {
            throw new HostException("-Dktstr.host.cgroup=" + chosen + " is not below " + mount
                    + ", where cgroup v2 is mounted. Hint: write the absolute path of a cgroup's folder");
        }
        return path;
    }

    /** The mount point: fields of proc_pid_mountinfo(5), the type behind the dash. */
    private static String mountPoint(Path root) {
        Path mountinfo = root.resolve("proc/self/mountinfo");
        String found = "";
        for (String line : lines(mountinfo)) {
            int dash = line.indexOf(" - ");
            String[] fields = line.split(" ", -1);
            if (dash < 0 || fields.length < 5 || !line.startsWith("cgroup2 ", dash + 3)) {
                continue;
            }
            String point = fields[4].replace("\\040", " ");
            if (found.isEmpty() || point.equals("/sys/fs/cgroup")) {
                found = point;
            }
        }
        if (found.isEmpty()) {
            throw new HostException("No cgroup v2 hierarchy is mounted (" + mountinfo
                    + " names none). Hint: mount -t cgroup2 none /sys/fs/cgroup, or boot with"
                    + " systemd.unified_cgroup_hierarchy=1");
        }
        return found;
    }

    /**
     * Lets children of the parent have the controllers that scenarios use.
     *
     * @return those that were not given to children before
     * @throws HostException when the kernel refuses one that it has
     */
    Set<String> enable() {
        Path control = parent.resolve("cgroup.subtree_control");
        Set<String> before = words(control);
        Set<String> added = new TreeSet<>();
        for (String controller : WANTED) {
            if (controllers.contains(controller) && !before.contains(controller)) {
                write(control, "+" + controller);
                added.add(controller);
            }
        }
        return added;
    }

    /** Takes back what {@link #enable} gave, as far as nobody else uses it by now. */
    void disable(Set<String> added) {
        for (String controller : added) {
            try {
                Files.writeString(parent.resolve("cgroup.subtree_control"), "-" + controller);
            } catch (IOException e) {
                // EBUSY: another cgroup hands it on by now, and it has to stay.
                LOG.debug("{} stays enabled in {}: {}", controller, parent, e.getMessage());
            }
        }
    }

    private static void write(Path control, String text) {
        try {
            Files.writeString(control, text);
        } catch (IOException e) {
            throw new HostException(
                    "Writing '" + text + "' to " + control + " failed: " + e.getMessage()
                            + (String.valueOf(e.getMessage()).contains("busy")
                                    ? ": the cgroup has processes of its own, and then its children get no controllers"
                                            + " (the \"no internal processes\" rule)." + DELEGATE
                                    : "." + DELEGATE),
                    e);
        }
    }

    /** The words of a control file; none when it is not there. */
    static Set<String> words(Path file) {
        Set<String> words = new TreeSet<>();
        lines(file)
                .forEach(line -> Arrays.stream(line.split("\\s+", -1))
                        .filter(word -> !word.isEmpty())
                        .forEach(words::add));
        return words;
    }

    private static List<String> lines(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
        } catch (IOException e) {
            return List.of(); // a cgroup that is gone has no words
        }
    }
}
