package dev.ktstr.rules;

/**
 * Something wrong with what a user declared.
 *
 * @param code which rule
 * @param what what is wrong, naming the user's own element; a sentence without its full stop
 * @param consequence what follows from it; likewise
 * @param hint the one edit that cures it; likewise, or a question with its mark
 * @param place where
 */
public record Finding(Codes code, String what, String consequence, String hint, Place place) {
    /** The text that is printed: {@code [KTSTR-123] what. consequence. Hint: hint.} */
    public String message() {
        String end = hint.endsWith("?") ? "" : ".";
        return "[" + code.tag() + "] " + what + ". " + consequence + ". Hint: " + hint + end;
    }

    /** Whether it refuses what was declared. */
    public boolean isError() {
        return code.severity() == Severity.ERROR;
    }
}
