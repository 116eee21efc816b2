package dev.ktstr.payload;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The numbers in a program's output: every numeric leaf of the first JSON object in it, by its path joined with dots
 * ({@code jobs.0.read.iops}). What stands before the object (a banner, a warning) and after it is passed over.
 *
 * <p>The output comes from a guest, so the reading is bounded: nesting, names and the number of figures.
 *
 * @param figures by path, in the order of the output; of two of one name the last counts
 * @param problem why there are none, or not all
 */
public record JsonFigures(Map<String, Double> figures, Optional<String> problem) {
    private static final Pattern OBJECT = Pattern.compile("\\{\\s*+[\"}]");
    private static final int MAX_DEPTH = 64;
    private static final int MAX_NAME = 256;
    private static final int MAX_PATH = 1024;
    private static final int MAX_FIGURES = 10_000;
    private static final int MAX_TRIES = 32;

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(400)
                    .maxStringLength(8 << 20)
                    .build())
            .build();

    /** None was looked for. */
    public static final JsonFigures NONE = new JsonFigures(Map.of(), Optional.empty());

    /**
     * Reads them.
     *
     * @param output what the program wrote to its standard output
     */
    public static JsonFigures of(String output) {
        int tries = 0;
        for (int at = start(output, 0); at >= 0 && tries < MAX_TRIES; at = start(output, at + 1), tries++) {
            // What is no object, a banner in braces, is passed over. An object that is broken ends the search: one
            // within it
            // must not be taken for the first.
            if (!OBJECT.matcher(output).region(at, output.length()).lookingAt()) {
                continue;
            }
            try {
                return new Reading().read(output.substring(at));
            } catch (IOException e) {
                long line = 1
                        + output.substring(0, at).chars().filter(c -> c == '\n').count();
                return none("the object that begins in line " + line + " is broken: " + plain(e));
            }
        }
        return none("no line begins with a JSON object");
    }

    private static JsonFigures none(String problem) {
        return new JsonFigures(Map.of(), Optional.of(problem));
    }

    /** The next brace that begins a line, blanks before it allowed; -1 when there is none. */
    private static int start(String text, int from) {
        for (int at = text.indexOf('{', from); at >= 0; at = text.indexOf('{', at + 1)) {
            int before = at - 1;
            while (before >= 0 && (text.charAt(before) == ' ' || text.charAt(before) == '\t')) {
                before--;
            }
            if (before < 0 || text.charAt(before) == '\n' || text.charAt(before) == '\r') {
                return at;
            }
        }
        return -1;
    }

    /** Jackson's own words without the source's text and the place in it, which is not that in the whole output. */
    private static String plain(IOException e) {
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        int place = message.indexOf(" at [Source");
        return place < 0 ? message : message.substring(0, place);
    }

    /** One attempt. */
    private static final class Reading {
        private final Map<String, Double> figures = new LinkedHashMap<>();
        private final List<Level> levels = new ArrayList<>();
        private int left;

        JsonFigures read(String text) throws IOException {
            try (JsonParser parser = JSON.createParser(text)) {
                parser.nextToken();
                levels.add(new Level(false));
                while (!levels.isEmpty()) {
                    JsonToken token = parser.nextToken();
                    if (token == null) {
                        throw new IOException("it is not closed");
                    }
                    take(token, parser);
                }
            }
            Optional<String> problem = left == 0
                    ? Optional.empty()
                    : Optional.of(left + " figures were left out: at most " + MAX_FIGURES
                            + " are kept, each finite and with a name of at most " + MAX_PATH + " characters");
            return new JsonFigures(figures, problem);
        }

        private void take(JsonToken token, JsonParser parser) throws IOException {
            Level top = levels.get(levels.size() - 1);
            switch (token) {
                case FIELD_NAME -> top.name = parser.currentName();
                case START_OBJECT, START_ARRAY -> {
                    top.index++;
                    levels.add(new Level(token == JsonToken.START_ARRAY));
                }
                case END_OBJECT, END_ARRAY -> levels.remove(levels.size() - 1);
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    top.index++;
                    left += keep(figures, path(levels), parser.getDoubleValue()) ? 0 : 1;
                }
                default -> top.index++;
            }
        }
    }

    private static boolean keep(Map<String, Double> figures, String path, double value) {
        boolean room = figures.size() < MAX_FIGURES || figures.containsKey(path);
        if (!room || path.length() > MAX_PATH || !Double.isFinite(value)) {
            return false;
        }
        figures.put(path, value);
        return true;
    }

    private static String path(List<Level> levels) {
        StringBuilder path = new StringBuilder();
        for (Level level : levels) {
            if (path.length() > MAX_PATH) {
                break;
            }
            path.append(path.isEmpty() ? "" : ".").append(level.array ? Integer.toString(level.index) : level.name);
        }
        return path.toString();
    }

    /** An object or array that is open. */
    private static final class Level {
        private final boolean array;
        private String name = "";
        private int index = -1;

        Level(boolean array) {
            this.array = array;
        }
    }
}
