package dev.ktstr.maven;

import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugins.annotations.Parameter;

/** What all goals have: the session they run in, and the options given to it. */
abstract class KtstrMojo extends AbstractMojo {
    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    @SuppressWarnings("NullAway.Init")
    private MavenSession session;

    /** The session. */
    final MavenSession session() {
        return session;
    }

    /** The options of the command line and the environment. */
    final Options options() {
        return new Options(session.getUserProperties(), System.getenv());
    }
}
