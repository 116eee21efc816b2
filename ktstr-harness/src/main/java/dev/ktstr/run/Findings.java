package dev.ktstr.run;

import java.util.List;

/**
 * What a {@link Companion} found.
 *
 * @param failures one line per violation
 * @param inconclusive one line per violation that the host itself may have caused, with the evidence; a run that has no other
 *     is inconclusive
 * @param notes what the result should say, but judges nothing
 */
public record Findings(List<String> failures, List<String> inconclusive, List<String> notes) {
    /** Nothing found. */
    public static final Findings NONE = new Findings(List.of(), List.of(), List.of());

    /** Copies the lists. */
    public Findings {
        failures = List.copyOf(failures);
        inconclusive = List.copyOf(inconclusive);
        notes = List.copyOf(notes);
    }
}
