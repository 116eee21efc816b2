package dev.ktstr.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code /etc/ld.so.conf} and what it includes: one folder a line, as ldconfig(8) says. */
final class LdSoConf {
    private static final int MAX_DEPTH = 8;

    private LdSoConf() {}

    /** The folders it names, in order; none when the file is not there. */
    static List<Path> dirs(Path conf) {
        List<Path> dirs = new ArrayList<>();
        read(conf, dirs, 0);
        return List.copyOf(dirs);
    }

    private static void read(Path conf, List<Path> dirs, int depth) {
        if (depth > MAX_DEPTH || !Files.isRegularFile(conf)) {
            return;
        }
        try {
            for (String raw : Files.readAllLines(conf)) {
                String line = raw.replaceFirst("#.*", "").trim();
                if (line.startsWith("include ")) {
                    include(
                            conf.resolveSibling(
                                    line.substring("include ".length()).trim()),
                            dirs,
                            depth);
                } else if (line.startsWith("/")) {
                    dirs.add(Path.of(line));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + conf + ": " + e.getMessage(), e);
        }
    }

    private static void include(Path pattern, List<Path> dirs, int depth) throws IOException {
        Path dir = pattern.getParent();
        Path glob = pattern.getFileName();
        if (dir == null || glob == null || !Files.isDirectory(dir)) {
            return;
        }
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> matches = Files.newDirectoryStream(dir, glob.toString())) {
            matches.forEach(files::add);
        }
        files.sort(null);
        files.forEach(file -> read(file, dirs, depth + 1));
    }
}
