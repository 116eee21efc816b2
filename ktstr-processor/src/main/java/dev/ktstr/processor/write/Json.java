package dev.ktstr.processor.write;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON (RFC 8259) from maps, lists, strings, booleans, finite numbers and nulls, in the order of the maps.
 *
 * <p>Members stand on lines of their own, so a registry can be read and compared; an array or object whose members are
 * all plain stands on one line.
 */
final class Json {
    private final StringBuilder out = new StringBuilder();

    private Json() {}

    static String write(Map<String, ?> root) {
        Json json = new Json();
        json.value(root, "");
        return json.out.append('\n').toString();
    }

    private void value(@Nullable Object value, String indent) {
        if (value instanceof Map<?, ?> map) {
            object(map, indent);
        } else if (value instanceof List<?> list) {
            array(list, indent);
        } else if (value instanceof String text) {
            string(text);
        } else if (value == null || value instanceof Number || value instanceof Boolean) {
            out.append(value);
        } else {
            throw new IllegalArgumentException("no JSON for " + value.getClass());
        }
    }

    private void object(Map<?, ?> map, String indent) {
        boolean flat = map.values().stream().allMatch(Json::plain);
        String separator = "";
        out.append('{');
        for (Map.Entry<?, ?> member : map.entrySet()) {
            separate(separator, flat, indent);
            string(member.getKey().toString());
            out.append(": ");
            value(member.getValue(), indent + "  ");
            separator = ",";
        }
        close('}', flat, indent);
    }

    private void array(List<?> list, String indent) {
        boolean flat = list.stream().allMatch(Json::plain);
        String separator = "";
        out.append('[');
        for (Object element : list) {
            separate(separator, flat, indent);
            value(element, indent + "  ");
            separator = ",";
        }
        close(']', flat, indent);
    }

    private void separate(String separator, boolean flat, String indent) {
        out.append(separator);
        if (!flat) {
            out.append('\n').append(indent).append("  ");
        } else if (!separator.isEmpty()) {
            out.append(' ');
        }
    }

    private void close(char bracket, boolean flat, String indent) {
        if (!flat) {
            out.append('\n').append(indent);
        }
        out.append(bracket);
    }

    private static boolean plain(@Nullable Object value) {
        return !(value instanceof Map<?, ?>) && !(value instanceof List<?> list && !list.isEmpty());
    }

    private void string(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    // Lone surrogates are legal in a Java string and not in UTF-8, so they are escaped too.
                    if (c < 0x20 || Character.isSurrogate(c)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
