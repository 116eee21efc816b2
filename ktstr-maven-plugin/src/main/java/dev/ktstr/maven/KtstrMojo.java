package dev.ktstr.maven;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;

/** What all goals have: the session they run in, and the options given to it. */
abstract class KtstrMojo extends AbstractMojo {
    /** Lines of this Maven that need no repeating for each module and goal. */
    private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    @SuppressWarnings("NullAway.Init")
    private MavenSession session;

    /** The session. */
    final MavenSession session() {
        return session;
    }

    /** The options of the command line and the environment. Warns of those that are nearly options. */
    final Options options() {
        Options options = new Options(session.getUserProperties(), System.getenv());
        options.misspelt().stream().filter(SAID::add).forEach(getLog()::warn);
        return options;
    }

    /** The test classes of a project, over those of the goals. The caller closes it. */
    static URLClassLoader testClasses(MavenProject project) throws MojoExecutionException {
        List<URL> urls = new ArrayList<>();
        try {
            for (String element : project.getTestClasspathElements()) {
                urls.add(Path.of(element).toUri().toURL());
            }
        } catch (DependencyResolutionRequiredException | IOException e) {
            throw new MojoExecutionException("the test class path is not known: " + e.getMessage(), e);
        }
        return new URLClassLoader(urls.toArray(URL[]::new), KtstrMojo.class.getClassLoader());
    }
}
