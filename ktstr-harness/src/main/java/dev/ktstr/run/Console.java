package dev.ktstr.run;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the end of a guest's console. */
final class Console {
    private static final int TAIL_BYTES = 16 * 1024;

    private Console() {}

    /** The last {@code lines} lines, without carriage returns and control characters; a note when there are none. */
    static String tail(Path console, int lines) {
        if (!Files.exists(console)) {
            return "(no console: the guest printed nothing)";
        }
        try (RandomAccessFile file = new RandomAccessFile(console.toFile(), "r")) {
            long from = Math.max(0, file.length() - TAIL_BYTES);
            byte[] bytes = new byte[(int) (file.length() - from)];
            file.seek(from);
            file.readFully(bytes);
            List<String> all = new String(bytes, StandardCharsets.UTF_8)
                    .replaceAll("\\x1b\\[[0-9;?]*[A-Za-z]", "")
                    .replaceAll("[\\p{Cntrl}&&[^\n\t]]", "")
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return all.isEmpty()
                    ? "(the guest printed nothing)"
                    : String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "(reading the console " + console + " failed: " + e + ")";
        }
    }
}
