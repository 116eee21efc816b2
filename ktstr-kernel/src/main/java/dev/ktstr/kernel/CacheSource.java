package dev.ktstr.kernel;

import dev.ktstr.spec.KernelSpec;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What cache entries are stored under as their source, so that a spec which is no version and no key finds them again. */
public final class CacheSource {
    private CacheSource() {}

    /** The source of a kernel of a Debian suite; {@code sid} is what {@code unstable} is called. */
    public static String debian(String suite) {
        return "debian/" + (suite.equals("sid") ? "unstable" : suite) + "/linux-image-cloud-amd64";
    }

    /** The source of a kernel out of a package file, by its absolute path or its URL. */
    public static String packageFile(String pathOrUrl) {
        return "package/" + pathOrUrl;
    }

    /** The source of a kernel built from a git repository. */
    public static String git(KernelSpec.Git spec) {
        return "git/" + spec.url() + "#" + spec.kind().name().toLowerCase(Locale.ROOT) + "=" + spec.ref();
    }

    /**
     * The source that a spec's kernel is cached under.
     *
     * @param workingDir what relative paths start from
     * @return null when the spec is not looked up by source
     */
    static @Nullable String of(KernelSpec spec, Path workingDir) {
        if (spec instanceof KernelSpec.Distribution d) {
            return debian(d.suite().orElse(DebianKernelFetcher.DEFAULT_SUITE));
        }
        if (spec instanceof KernelSpec.Git git) {
            return git(git);
        }
        if (spec instanceof KernelSpec.PackageFile file) {
            boolean url = file.text().contains("://");
            return packageFile(url ? file.text() : path(file.text(), workingDir).toString());
        }
        return null;
    }

    /** A path as a user writes it: {@code ~/} is the home folder, the rest is relative to {@code workingDir}. */
    static Path path(String text, Path workingDir) {
        boolean home = text.equals("~") || text.startsWith("~/");
        String expanded = home ? System.getProperty("user.home") + text.substring(1) : text;
        return workingDir.resolve(expanded).normalize();
    }
}
