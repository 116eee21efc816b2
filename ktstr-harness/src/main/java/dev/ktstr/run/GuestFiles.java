package dev.ktstr.run;

import dev.ktstr.guest.ElfClosure;
import dev.ktstr.guest.ElfException;
import dev.ktstr.guest.GuestFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The files that a guest is to get: programs with their interpreters and libraries, and what else they need. Each goes there
 * once, also when several programs share it. Used by one thread.
 */
final class GuestFiles {
    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;
    private static final int MAX_FILES = 10_000;

    /** What lies where in the guest already: the host's file, or a text that stands for content made here. */
    private final Map<String, String> taken = new LinkedHashMap<>();

    private final List<GuestFile> files = new ArrayList<>();

    /** Those not taken yet, in order; afterwards they count as being in the guest. */
    List<GuestFile> take() {
        List<GuestFile> now = List.copyOf(files);
        files.clear();
        return now;
    }

    /**
     * Adds a program with its libraries; of a script, its interpreter with those.
     *
     * @param who who needs it, for errors
     * @return its path in the guest
     * @throws RunException when it cannot run there, or a library is missing
     */
    String program(String who, Path program) {
        byte[] head = head(who, program);
        if (head.length >= 2 && head[0] == '#' && head[1] == '!') {
            program(who, interpreter(who, program, head));
            String path = program.toAbsolutePath().normalize().toString();
            add(who, path, EXECUTABLE, program);
            return path;
        }
        try {
            List<ElfClosure.Entry> closure = ElfClosure.of(program, List.of());
            closure.forEach(entry -> add(who, entry.guestPath(), EXECUTABLE, entry.hostPath()));
            return closure.get(0).guestPath();
        } catch (ElfException e) {
            throw RunException.setup("prepare", new IllegalArgumentException(who + ": " + e.getMessage(), e));
        }
    }

    /** The first line of a script: {@code #!}, the interpreter, and at most one argument (execve(2)). */
    private static Path interpreter(String who, Path script, byte[] head) {
        String line =
                new String(head, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        String[] words = line.substring(2).strip().split("\\s+", 2);
        Path interpreter = Path.of(words[0].isEmpty() ? "." : words[0]);
        if (words.length > 1 && interpreter.endsWith("env")) {
            throw RunException.setup(
                    "prepare",
                    who + ": the script " + script + " names its interpreter by '" + line
                            + "', and the guest has no PATH to find it on. Hint: write its absolute path behind #!.");
        }
        return interpreter;
    }

    /**
     * Adds a host file, or a folder with all that is in it, below a folder of the guest. Programs among them bring their
     * libraries.
     */
    void include(String who, Path source, String guestFolder) {
        if (!Files.isReadable(source)) {
            throw RunException.setup(
                    "prepare",
                    who + ": " + source.toAbsolutePath().normalize()
                            + " of includeFiles is not there, or cannot be read. Hint: paths start from the module's folder.");
        }
        try (Stream<Path> all = Files.walk(source)) {
            List<Path> found = all.filter(Files::isRegularFile)
                    .sorted()
                    .limit(MAX_FILES + 1L)
                    .toList();
            if (found.size() > MAX_FILES) {
                throw RunException.setup(
                        "prepare",
                        who + ": the folder " + source + " of includeFiles holds more than " + MAX_FILES + " files.");
            }
            Path parent = source.toAbsolutePath().normalize().resolveSibling("");
            found.forEach(file -> includeOne(
                    who,
                    file,
                    guestFolder + parent.relativize(file.toAbsolutePath().normalize())));
        } catch (IOException e) {
            throw RunException.setup(
                    "prepare", who + ": reading " + source + " of includeFiles failed: " + e.getMessage());
        }
    }

    private void includeOne(String who, Path file, String guestPath) {
        boolean executable = Files.isExecutable(file);
        byte[] head = head(who, file);
        if (executable && head.length >= 4 && head[0] == 0x7f && head[1] == 'E' && head[2] == 'L' && head[3] == 'F') {
            try {
                List<ElfClosure.Entry> closure = ElfClosure.of(file, List.of());
                closure.subList(1, closure.size())
                        .forEach(entry -> add(who, entry.guestPath(), EXECUTABLE, entry.hostPath()));
            } catch (ElfException e) {
                throw RunException.setup("prepare", new IllegalArgumentException(who + ": " + e.getMessage(), e));
            }
        }
        add(who, guestPath, executable ? EXECUTABLE : READABLE, file);
    }

    /** Adds a host file at that place. */
    void add(String who, String guestPath, int mode, Path source) {
        if (free(who, guestPath, source.toAbsolutePath().normalize().toString())) {
            files.add(GuestFile.of(guestPath, mode, source));
        }
    }

    /** Adds a file with that content. */
    void add(String who, String guestPath, int mode, byte[] content) {
        if (free(who, guestPath, "content for " + who)) {
            files.add(GuestFile.of(guestPath, mode, content));
        }
    }

    /** Whether the place is free; two programs that need different files in one place cannot both run in one guest. */
    private boolean free(String who, String guestPath, String what) {
        String before = taken.putIfAbsent(guestPath, what);
        if (before != null && !before.equals(what)) {
            throw RunException.setup(
                    "prepare",
                    who + " needs " + what + " as " + guestPath + " in the guest, where " + before
                            + " has to be. Hint: link one of the two statically, or rename the file.");
        }
        return before == null;
    }

    private static byte[] head(String who, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(256);
        } catch (IOException e) {
            throw RunException.setup("prepare", who + ": cannot read " + file + ": " + e.getMessage());
        }
    }
}
