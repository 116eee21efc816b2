package dev.ktstr.checks;

import java.util.Optional;

/**
 * A limit that does not hold.
 *
 * @param line what is wrong, with the numbers and the limit
 * @param excuse what the host would have to have done to explain it; empty when nothing it does can
 */
public record Violation(String line, Optional<Excuse> excuse) {
    /** One that no host explains. */
    static Violation of(String line) {
        return new Violation(line, Optional.empty());
    }

    /** One that a host may explain. */
    static Violation of(String line, Excuse excuse) {
        return new Violation(line, Optional.of(excuse));
    }
}
