package dev.ktstr.maven;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.apache.maven.plugin.MojoExecutionException;

/** JSON for programs: the value alone on standard output, without the log's prefixes, for use with {@code mvn -q}. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    /** Tells whether JSON is asked for; {@code -Dktstr.output} may be {@code table} or {@code json}. */
    static boolean isAsked(String format) throws MojoExecutionException {
        if (!format.equals("table") && !format.equals("json")) {
            throw new MojoExecutionException("-Dktstr.output is '" + format + "'; it must be table or json");
        }
        return format.equals("json");
    }

    static String text(Object value) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps, lists and texts have a JSON form", e);
        }
    }

    /**
     * Writes a value to a file, which is there as a whole or as it was; or prints it, when {@code file} is empty. Some
     * distributions' Maven ends its output with a colour code, which a strict reader of JSON does not take.
     *
     * @param log hears where it was written to
     */
    static void print(Object value, String file, Consumer<String> log) throws MojoExecutionException {
        if (file.isEmpty()) {
            print(value);
            return;
        }
        Path target = Path.of(file).toAbsolutePath();
        Path aside = target.resolveSibling("." + target.getFileName() + ".tmp");
        try {
            Files.createDirectories(target.resolveSibling(""));
            Files.writeString(aside, text(value) + "\n");
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new MojoExecutionException("cannot write " + target + ": " + e.getMessage(), e);
        }
        log.accept("written to " + target);
    }

    /** Prints a value, its line end included. */
    @SuppressWarnings("SystemOut")
    static void print(Object value) {
        PrintStream out = System.out;
        out.println(text(value));
        out.flush();
    }
}
