package dev.ktstr.vm.template;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * All that a template depends on, as text: a line {@code name=value} for each, sorted. Two templates are the same only if all
 * of it is.
 */
public record TemplateKey(String text) {
    private static final int NAME_BYTES = 16;

    /** The key of these values. */
    public static TemplateKey of(Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(values)
                .forEach((name, value) -> text.append(name)
                        .append('=')
                        .append(value.replace("\\", "\\\\").replace("\n", "\\n"))
                        .append('\n'));
        return new TemplateKey(text.toString());
    }

    /** A short name for files and messages: the first half of the text's SHA-256. The text itself is compared besides. */
    public String name() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, NAME_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A value of it, or a dash. */
    public String value(String name) {
        return text.lines()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .findFirst()
                .orElse("-");
    }
}
