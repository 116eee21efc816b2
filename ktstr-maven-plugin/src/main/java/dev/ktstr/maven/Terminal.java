package dev.ktstr.maven;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.maven.execution.MavenSession;

/** Whether a person looks at what is printed. */
final class Terminal {
    private Terminal() {}

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
