package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Location;

/**
 * Something wrong in the user's source.
 *
 * @param code which rule
 * @param what what is wrong, naming the user's own element; a sentence without its full stop
 * @param consequence what follows from it; likewise
 * @param hint the one edit that cures it; likewise, or a question with its mark
 * @param location where
 */
public record Diagnostic(Codes code, String what, String consequence, String hint, Location location) {
    /** The text the compiler prints: {@code [KTSTR-123] what. consequence. Hint: hint.} */
    public String message() {
        String end = hint.endsWith("?") ? "" : ".";
        return "[" + code.tag() + "] " + what + ". " + consequence + ". Hint: " + hint + end;
    }
}
