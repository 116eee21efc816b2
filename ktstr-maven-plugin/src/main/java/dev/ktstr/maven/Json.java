package dev.ktstr.maven;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
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

    /** Prints a value, its line end included. */
    @SuppressWarnings("SystemOut")
    static void print(Object value) {
        PrintStream out = System.out;
        out.println(text(value));
        out.flush();
    }
}
