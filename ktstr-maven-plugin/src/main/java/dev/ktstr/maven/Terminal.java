package dev.ktstr.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.execution.MavenSession;

/** Whether a person looks at what is printed. */
final class Terminal {
    /** What a line has room for where nobody says; logs of CI systems show as much. */
    private static final int WIDTH = 120;

    private static final int LEAST_WIDTH = 40;

    /** {@code [INFO] }, which Maven puts before each line. */
    private static final int PREFIX = 7;

    private Terminal() {}

    /** How many characters fit into a line behind Maven's prefix: by {@code COLUMNS}, which a shell exports when told to. */
    static int width() {
        String columns = System.getenv("COLUMNS");
        int width = columns != null && columns.matches("\\d{1,4}") ? Integer.parseInt(columns) : WIDTH;
        return Math.max(LEAST_WIDTH, width - PREFIX);
    }

    /** Whether standard output is a terminal that a person has in front of them. */
    static boolean watched(MavenSession session) {
        return isTerminal(Path.of("/proc/self/fd/1"))
                && session.getRequest().isInteractiveMode()
                && !"dumb".equals(System.getenv("TERM"))
                && System.getenv("CI") == null;
    }

    /** Whether to print in colours: to a person, unless they do not want it (no-color.org). */
    static boolean colours(MavenSession session) {
        String no = System.getenv("NO_COLOR");
        return watched(session) && (no == null || no.isEmpty());
    }

    /** Where a file descriptor leads, proc(5); Java says since 22 that there is a console where there is none. */
    private static boolean isTerminal(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().matches("/dev/(pts/\\d+|tty\\w*|console)");
        } catch (IOException e) {
            return false; // plain lines are right everywhere
        }
    }
}
