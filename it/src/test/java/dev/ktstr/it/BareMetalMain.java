package dev.ktstr.it;

import dev.ktstr.host.BareMetal;
import dev.ktstr.host.CgroupMount;
import dev.ktstr.host.HostException;
import dev.ktstr.host.HostFacts;
import dev.ktstr.host.HostSettings;
import dev.ktstr.host.Leftovers;
import dev.ktstr.run.Options;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What {@code ktstr:run} and {@code ktstr:cleanup} do, without Maven: for where there is none. Tells by lines that begin with BARE. */
public final class BareMetalMain {
    private BareMetalMain() {}

    /**
     * Runs scenarios, or cleans up.
     *
     * @param args {@code run FILTER SECONDS CACHE [CGROUP]}, or {@code cleanup CACHE}
     */
    public static void main(String[] args) {
        try {
            if (args[0].equals("run")) {
                run(args);
            } else {
                cleanUp(Path.of(args[1]));
            }
        } catch (HostException e) {
            System.out.println("BARE refused " + e.getMessage());
            System.exit(1);
        }
    }

    private static void run(String[] args) {
        Map<String, String> options = new HashMap<>(Map.of("ktstr.filter", args[1], "ktstr.duration", args[2]));
        if (args.length > 4) {
            options.put("ktstr.host.cgroup", args[4]);
        }
        HostSettings settings = HostSettings.of(new Options(options::get, name -> null));
        CgroupMount mount = CgroupMount.find(Path.of("/"), settings.cgroup());
        System.out.println("BARE controllers " + String.join(",", new TreeSet<>(mount.controllers())));
        new BareMetal(settings, HostFacts.read(), Path.of(args[3]))
                .run(result -> System.out.println("BARE " + result.verdict() + " " + result.scenario() + " "
                        + String.join(" | ", result.details())));
        end(mount);
    }

    /** Says which cgroups of runs there are when all is done. */
    private static void end(CgroupMount mount) {
        try (Stream<Path> all = Files.list(mount.mount())) {
            System.out.println("BARE end, left: "
                    + all.map(path -> path.getFileName().toString())
                            .filter(name -> name.startsWith("ktstr-"))
                            .sorted()
                            .toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cleanUp(Path cache) {
        CgroupMount mount = CgroupMount.find(Path.of("/"), Optional.empty());
        Leftovers leftovers = new Leftovers(mount.mount(), BareMetal.records(cache));
        for (Leftovers.Found found : leftovers.find()) {
            if (found.live().isEmpty()) {
                leftovers.remove(found.cgroup());
            }
            System.out.println(
                    "BARE found " + found.cgroup() + " " + found.live().orElse("removed"));
        }
        end(mount);
    }
}
