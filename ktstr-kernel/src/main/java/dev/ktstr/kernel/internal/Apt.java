package dev.ktstr.kernel.internal;

import dev.ktstr.kernel.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * apt on private state: one suite of one mirror, with sources, lists and cache in a folder of ours, so the system's own stay
 * as they are; it needs no root. apt does the downloading and the checking of signatures.
 */
public final class Apt {
    private static final Duration QUERY = Duration.ofMinutes(2);
    private static final Duration DOWNLOAD = Duration.ofMinutes(15);
    private static final int NEAREST = 5;

    private final Path programs;
    private final Path work;
    private final AptSource mirror;
    private final String suite;
    private final Patience patience;
    private final String architecture;

    /**
     * What a mirror that stalls is granted.
     *
     * @param silence how long it may send nothing; in whole seconds
     * @param retries how often each file is asked for again, after a pause that grows
     */
    public record Patience(Duration silence, int retries) {
        /** For mirrors on the Internet. */
        public static final Patience STANDARD = new Patience(Duration.ofSeconds(20), 3);
    }

    private Apt(Path programs, Path work, AptSource mirror, String suite, String architecture, Patience patience) {
        this.programs = programs;
        this.work = work;
        this.mirror = mirror;
        this.suite = suite;
        this.architecture = architecture;
        this.patience = patience;
    }

    /**
     * Reads the list of a suite's packages.
     *
     * @param programs folder of apt-get and apt-cache
     * @param work an empty folder for all state
     * @throws KernelException when the mirror does not answer, has no such suite, or its signature is not trusted
     */
    public static Apt of(
            Path programs, Path work, AptSource mirror, String suite, String architecture, Patience patience) {
        Folders.make(work.resolve("lists/partial"));
        Folders.make(work.resolve("cache/archives/partial"));
        try {
            Files.writeString(work.resolve("private.sources"), mirror.toDeb822(suite, architecture));
            Files.writeString(work.resolve("status"), "");
        } catch (IOException e) {
            throw ImageFile.failed("write apt's private state in", work, e);
        }
        Apt apt = new Apt(programs, work, mirror, suite, architecture, patience);
        apt.require("read the package list of " + apt.place(), work, DOWNLOAD, "apt-get", List.of("-q", "update"));
        return apt;
    }

    /**
     * Names of what a package depends on, without versions; the first of each choice.
     *
     * @throws KernelException when the suite has no such package, naming those that are called alike
     */
    public List<String> depends(String name) {
        String doing = "look up " + name + " of " + place();
        Children.Result shown = run(doing, work, QUERY, "apt-cache", List.of("show", "--no-all-versions", name));
        if (shown.exit() != 0) {
            throw shown.err().contains("No packages found") ? noPackage(name) : failed(doing, shown);
        }
        List<String> names = new ArrayList<>();
        for (Map<String, String> paragraph : AptSource.paragraphs(shown.out())) {
            for (String choice : paragraph.getOrDefault("depends", "").split(",", -1)) {
                String first = choice.split("[|(]", 2)[0].strip();
                if (!first.isEmpty()) {
                    names.add(first.split(":", 2)[0]);
                }
            }
        }
        return names;
    }

    /** Downloads packages, checked against the list, into a new folder. */
    public List<Path> download(List<String> packages) {
        Path folder = Folders.make(work.resolve("downloads"));
        List<String> arguments = new ArrayList<>(List.of("-q", "download"));
        arguments.addAll(packages);
        String doing = "download " + String.join(", ", packages) + " of " + place();
        require(doing, folder, DOWNLOAD, "apt-get", arguments);
        return Folders.list(folder);
    }

    private KernelException noPackage(String name) {
        // By the longest beginning that any name has: linux-image-cloud-, linux-image-, linux-.
        List<String> nearest = List.of();
        String beginning = name;
        while (nearest.isEmpty() && beginning.contains("-")) {
            beginning = beginning.substring(0, beginning.lastIndexOf('-'));
            String listed = require(
                    "list the packages of " + place(), work, QUERY, "apt-cache", List.of("pkgnames", beginning + "-"));
            nearest = listed.lines()
                    .sorted(Comparator.comparing(Apt::hasVersion).thenComparing(Comparator.naturalOrder()))
                    .limit(NEAREST)
                    .toList();
        }
        return new KernelException(place() + " has no package " + name
                + (nearest.isEmpty()
                        ? ", nor any of a name like it"
                        : "; the nearest it has: " + String.join(", ", nearest))
                + (suite.equals("unstable") ? "" : ". debian:sid has it"));
    }

    /** A package of one version of the kernel; there are many. */
    private static boolean hasVersion(String name) {
        return name.chars().anyMatch(c -> c == '.');
    }

    private String require(String doing, Path folder, Duration limit, String program, List<String> arguments) {
        Children.Result r = run(doing, folder, limit, program, arguments);
        if (r.exit() != 0) {
            throw failed(doing, r);
        }
        return r.out();
    }

    /** In apt's own words, without its options, which are ours, and without what it tried before. */
    private static KernelException failed(String doing, Children.Result r) {
        List<String> errors = r.err()
                .lines()
                .filter(l -> l.startsWith("E: "))
                .map(l -> l.substring(3))
                .toList();
        String text = String.join("\n  ", errors.isEmpty() ? r.err().lines().toList() : errors);
        String cure = ImageFile.ifDiskIsFull(text);
        if (text.contains("does not have a Release file") || text.contains("/Packages  404")) {
            cure =
                    "\nThe mirror has no such suite. Suites are named as in debian:sid, debian:forky, debian:trixie-backports.";
        } else if (text.contains("is not signed") || text.contains("NO_PUBKEY")) {
            cure = "\nA mirror of yours without signatures needs trusted=yes in the system's sources.";
        }
        return new KernelException("cannot " + doing + ": "
                + (text.isBlank() ? "apt ended with status " + r.exit() + " and printed no error" : text) + cure);
    }

    private String place() {
        return "Debian " + suite + " (" + mirror.uri() + ")";
    }

    /** {@code APT::Sandbox::User}: apt's unprivileged user may not enter our folder. */
    private Children.Result run(String doing, Path folder, Duration limit, String program, List<String> arguments) {
        List<String> argv = new ArrayList<>(List.of(programs.resolve(program).toString()));
        String silence = Long.toString(Math.max(1, patience.silence().toSeconds()));
        Map<String, String> options = new LinkedHashMap<>();
        options.put("Dir::Etc::sourcelist", work.resolve("private.sources").toString());
        options.put("Dir::Etc::sourceparts", "-");
        options.put("Dir::State", work.toString());
        options.put("Dir::State::lists", work.resolve("lists").toString());
        options.put("Dir::State::status", work.resolve("status").toString());
        options.put("Dir::Cache", work.resolve("cache").toString());
        options.put("Acquire::Languages", "none");
        options.put("Acquire::Retries", Integer.toString(patience.retries()));
        options.put("Acquire::http::Timeout", silence);
        options.put("Acquire::https::Timeout", silence);
        options.put("APT::Architecture", architecture);
        options.put("APT::Architectures", architecture);
        options.put("APT::Sandbox::User", "root");
        // A list that could not be fetched is only a warning to apt-get update otherwise.
        options.put("APT::Update::Error-Mode", "any");
        options.forEach((name, value) -> argv.addAll(List.of("-o", name + "=" + value)));
        argv.addAll(arguments);
        return Children.attempt(doing, argv, folder, limit);
    }
}
