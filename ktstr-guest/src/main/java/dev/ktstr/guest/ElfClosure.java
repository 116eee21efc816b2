package dev.ktstr.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds all files a dynamically linked program needs to run in a guest that has none: the program, its interpreter, and
 * its libraries, theirs, and so on, as ld.so(8) would find them on this host. What a program opens by {@code dlopen} is not
 * seen.
 *
 * <p>A file keeps its place in the guest, so that {@code $ORIGIN} means the same there. Only a library that the guest's
 * linker would not find in its place (it came from a folder of the caller's, or of {@code /etc/ld.so.conf}) is put beside
 * the C library.
 */
public final class ElfClosure {
    private static final Path LD_SO_CONF = Path.of("/etc/ld.so.conf");
    private static final List<Path> DEFAULT_DIRS = List.of(
            Path.of("/lib/x86_64-linux-gnu"),
            Path.of("/usr/lib/x86_64-linux-gnu"),
            Path.of("/lib64"),
            Path.of("/usr/lib64"),
            Path.of("/lib"),
            Path.of("/usr/lib"));

    private final List<Path> searchDirs;
    private final List<Path> confDirs;
    private final Map<String, Found> byName = new LinkedHashMap<>();

    private ElfClosure(List<Path> searchDirs, List<Path> confDirs) {
        this.searchDirs = searchDirs;
        this.confDirs = confDirs;
    }

    /**
     * A file for the guest.
     *
     * @param guestPath where it must be there
     * @param hostPath where it is here
     */
    public record Entry(String guestPath, Path hostPath) {}

    /** A library, and whether the guest's linker finds it in its place. */
    private record Found(Path path, ElfFile elf, boolean inPlace) {}

    /** An object whose libraries are to be found. */
    private record Loaded(Path path, ElfFile elf) {}

    /**
     * Finds them.
     *
     * @param binary the program
     * @param searchDirs folders to look in before the system's, as {@code LD_LIBRARY_PATH}
     * @return the program first, then its interpreter if it has one, then the libraries
     * @throws ElfException when the program cannot run in the guest, or a library is missing
     */
    public static List<Entry> of(Path binary, List<Path> searchDirs) {
        return new ElfClosure(List.copyOf(searchDirs), LdSoConf.dirs(LD_SO_CONF)).close(binary);
    }

    private List<Entry> close(Path given) {
        Path binary = checkProgram(given);
        ElfFile elf = readProgram(binary);
        List<Entry> entries = new ArrayList<>();
        entries.add(new Entry(binary.toString(), binary));
        Optional<Path> interpreter = elf.interpreter().map(name -> interpreter(binary, name));
        interpreter.ifPresent(path -> entries.add(new Entry(elf.interpreter().orElseThrow(), path)));
        String linker = elf.interpreter()
                .map(name -> name.substring(name.lastIndexOf('/') + 1))
                .orElse("");
        Deque<Loaded> open = new ArrayDeque<>();
        open.add(new Loaded(binary, elf));
        while (!open.isEmpty()) {
            Loaded object = open.remove();
            for (String name : object.elf.needed()) {
                if (!name.equals(linker) && !byName.containsKey(name)) {
                    Found found = find(name, object, elf, binary);
                    byName.put(name, found);
                    open.add(new Loaded(found.path, found.elf));
                }
            }
        }
        byName.forEach((name, found) -> entries.add(new Entry(guestPath(name, found), found.path)));
        return List.copyOf(entries);
    }

    private String guestPath(String name, Found found) {
        if (found.inPlace) {
            return found.path.toString();
        }
        Found libc = byName.get("libc.so.6");
        Path dir = libc != null && libc.inPlace ? libc.path.resolveSibling("") : Path.of("/lib");
        return dir.resolve(name).toString();
    }

    private static Path checkProgram(Path given) {
        Path binary = given.toAbsolutePath().normalize();
        if (!Files.exists(binary)) {
            throw new ElfException("Cannot run " + given + " in the guest: there is no such file. Was it built?");
        } else if (!Files.isRegularFile(binary)) {
            throw new ElfException("Cannot run " + given + " in the guest: it is not a file");
        } else if (!Files.isExecutable(binary)) {
            throw new ElfException("Cannot run " + given + " in the guest: it is not executable. Try chmod +x");
        }
        return binary;
    }

    private static ElfFile readProgram(Path binary) {
        ElfFile elf = read(binary);
        if (!isGuests(elf)) {
            throw new ElfException("Cannot run " + binary + " in the guest: it is for "
                    + ElfFile.machineName(elf.machine()) + ", the guest is x86_64");
        } else if (elf.type() != ElfFile.ET_EXEC && elf.type() != ElfFile.ET_DYN) {
            throw new ElfException("Cannot run " + binary + " in the guest: it is an ELF file but no program (type "
                    + elf.type() + "). Link it first");
        }
        return elf;
    }

    private static ElfFile read(Path file) {
        try {
            return ElfFile.read(file);
        } catch (ElfException e) {
            throw new ElfException("Cannot run " + file + " in the guest: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ElfException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static boolean isGuests(ElfFile elf) {
        return elf.is64() && elf.littleEndian() && elf.machine() == ElfFile.EM_X86_64;
    }

    private static Path interpreter(Path binary, String name) {
        Path path = pathOrNull(name)
                .filter(Path::isAbsolute)
                .orElseThrow(() -> new ElfException(
                        "Cannot run " + binary + " in the guest: its interpreter '" + name + "' is no absolute path"));
        if (!Files.isRegularFile(path)) {
            throw new ElfException("Cannot run " + binary + " in the guest: its interpreter " + name
                    + " is not on this host. Link it for this system, or statically");
        }
        return path;
    }

    private static Optional<Path> pathOrNull(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty(); // it holds a character no path can have, so there is no such file
        }
    }

    /** Looks for a library as ld.so(8) does: DT_RPATH, the caller's folders, DT_RUNPATH, ld.so.conf, the system's. */
    private Found find(String name, Loaded user, ElfFile program, Path binary) {
        Set<String> tried = new LinkedHashSet<>();
        List<String> strangers = new ArrayList<>();
        List<Path> own = new ArrayList<>();
        if (user.elf.runpath().isEmpty()) {
            own.addAll(expand(user.elf.rpath(), user.path));
            if (program.runpath().isEmpty()) {
                own.addAll(expand(program.rpath(), binary)); // DT_RPATH holds for what the object loads, too
            }
        }
        if (name.contains("/")) {
            own = List.of(Path.of("/"));
        }
        List<Path> runpath = expand(user.elf.runpath(), user.path);
        Optional<Found> found = lookIn(own, name, true, tried, strangers)
                .or(() -> lookIn(searchDirs, name, false, tried, strangers))
                .or(() -> lookIn(runpath, name, true, tried, strangers))
                .or(() -> lookIn(DEFAULT_DIRS, name, true, tried, strangers))
                .or(() -> lookIn(confDirs, name, false, tried, strangers));
        return found.orElseThrow(() -> new ElfException("Cannot run " + binary + " in the guest: the library " + name
                + ", needed by " + user.path + ", was not found in " + String.join(", ", tried)
                + (strangers.isEmpty() ? "" : "; not usable: " + String.join(", ", strangers))
                + ". Install it, or name its folder"));
    }

    private static Optional<Found> lookIn(
            List<Path> dirs, String name, boolean inPlace, Set<String> tried, List<String> strangers) {
        for (Path dir : dirs) {
            tried.add(dir.toString());
            Path file = pathOrNull(name).map(dir::resolve).orElse(dir);
            if (!Files.isRegularFile(file)) {
                continue;
            }
            try {
                ElfFile elf = ElfFile.read(file);
                if (isGuests(elf)) {
                    return Optional.of(new Found(file.toAbsolutePath().normalize(), elf, inPlace));
                }
                strangers.add(file + " (for " + ElfFile.machineName(elf.machine()) + ")");
            } catch (ElfException | IOException e) {
                strangers.add(file + " (" + e.getMessage() + ")"); // the linker passes over it, too
            }
        }
        return Optional.empty();
    }

    private static List<Path> expand(List<String> dirs, Path object) {
        // ld.so(8), "Dynamic string tokens"; the object's own folder is that of the file, not of a link to it.
        String origin = String.valueOf(object.resolveSibling("").toAbsolutePath());
        return dirs.stream()
                .map(dir -> dir.replace("${ORIGIN}", origin)
                        .replace("$ORIGIN", origin)
                        .replaceAll("\\$\\{?LIB}?", "lib/x86_64-linux-gnu")
                        .replaceAll("\\$\\{?PLATFORM}?", "x86_64"))
                .map(ElfClosure::pathOrNull)
                .flatMap(Optional::stream)
                .map(Path::normalize)
                .toList();
    }
}
