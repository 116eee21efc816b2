package dev.ktstr.kernel.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Real git repositories for tests. */
public final class Git {
    private Git() {}

    /** Makes a folder a repository on branch {@code main}, with all of it in one commit. */
    public static void init(Path top) throws Exception {
        run(top, "init", "-q", "-b", "main");
        commit(top);
    }

    public static void commit(Path top) throws Exception {
        run(top, "add", "-A");
        run(top, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "state");
    }

    public static String head(Path top) throws Exception {
        return run(top, "rev-parse", "HEAD").strip();
    }

    public static String run(Path top, String... arguments) throws Exception {
        List<String> argv = new ArrayList<>(List.of("git", "-C", top.toString()));
        argv.addAll(List.of(arguments));
        Process git = new ProcessBuilder(argv).redirectErrorStream(true).start();
        String out = new String(git.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(git.waitFor(30, TimeUnit.SECONDS) && git.exitValue() == 0)
                .as(out)
                .isTrue();
        return out;
    }
}
