package dev.ktstr.maven;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Judges a system by what was found on it. No probing in here: the findings come in as values. */
final class Doctor {
    private Doctor() {}

    /** A requirement and what its probe found. */
    record Finding(Requirement requirement, Probe probe) {
        boolean met() {
            String minimum = requirement.minimum();
            String version = probe.version();
            return probe.works() && (minimum == null || (version != null && Probe.atLeast(version, minimum)));
        }

        String status() {
            if (met()) {
                return "ok";
            }
            return probe.works() ? "TOO OLD" : "MISSING";
        }

        String found() {
            if (!probe.works()) {
                return "-";
            }
            String version = probe.version();
            return version == null ? "yes" : version;
        }

        String minimum() {
            return requirement.minimum() == null ? "any" : ">= " + requirement.minimum();
        }
    }

    /**
     * Something else that was looked at: a backend, the kernel, memory.
     *
     * @param problem what to do about it when it fails the check; null when it does not
     */
    record Fact(
            String name,
            String status,
            String detail,
            @Nullable String problem) {}

    /** The table of programs, then the one of facts, aligned. */
    static List<String> table(List<Finding> findings, List<Fact> facts) {
        List<List<String>> programs = new ArrayList<>();
        programs.add(List.of("STATUS", "NEEDED", "FOUND", "WANTED", "PACKAGE", "FOR"));
        for (Finding f : findings) {
            Requirement r = f.requirement();
            programs.add(List.of(
                    f.status(),
                    r.name(),
                    f.found(),
                    f.minimum(),
                    r.debianPackage() + (r.backports() ? " (backports)" : ""),
                    purpose(r.kind()) + r.why()));
        }
        List<String> lines = new ArrayList<>(Table.align(programs));
        lines.add("");
        lines.addAll(Table.align(facts.stream()
                .map(f -> List.of(f.status(), f.name(), f.detail()))
                .toList()));
        return lines;
    }

    private static String purpose(Requirement.Kind kind) {
        return switch (kind) {
            case RUN -> "";
            case KERNEL -> "building a kernel: ";
            case BUILD -> "building ktstr: ";
            case TEST -> "ktstr's own tests: ";
        };
    }

    /**
     * The one message that names all that is missing and how to get it; null when nothing is.
     *
     * @param codename of the Debian release, {@code bookworm}; null on another system
     */
    static @Nullable String complaint(List<Finding> findings, List<Fact> facts, @Nullable String codename) {
        List<Finding> missing = findings.stream().filter(f -> !f.met()).toList();
        List<String> problems = facts.stream()
                .map(Fact::problem)
                .filter(p -> p != null && !p.isEmpty())
                .toList();
        if (missing.isEmpty() && problems.isEmpty()) {
            return null;
        }
        StringBuilder text = new StringBuilder("this system cannot run ktstr yet.");
        if (!missing.isEmpty()) {
            text.append("\n  missing: ")
                    .append(missing.stream().map(Doctor::describe).collect(Collectors.joining(", ")))
                    .append("\n  get it with: ")
                    .append(command(missing, codename));
        }
        problems.forEach(p -> text.append("\n  ").append(p));
        return text.toString();
    }

    private static String describe(Finding f) {
        String minimum = f.requirement().minimum();
        if (!f.probe().works() || minimum == null) {
            return f.requirement().name();
        }
        return f.requirement().name() + " (found " + f.found() + ", wanted " + f.minimum() + ")";
    }

    private static String command(List<Finding> missing, @Nullable String codename) {
        String packages = missing.stream()
                .map(f -> f.requirement().debianPackage()
                        + (f.requirement().backports() && codename != null ? "/" + codename + "-backports" : ""))
                .distinct()
                .collect(Collectors.joining(" "));
        boolean backports = missing.stream().anyMatch(f -> f.requirement().backports());
        if (codename == null) {
            return "your distribution's packages of what Debian calls " + packages;
        }
        return "apt-get install " + packages
                + (backports ? " (with " + codename + "-backports among apt's sources)" : "")
                + ", or ./quickstart in a clone of ktstr";
    }
}
