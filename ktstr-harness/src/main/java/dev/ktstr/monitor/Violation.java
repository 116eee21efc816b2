package dev.ktstr.monitor;

import java.util.Optional;

/**
 * A monitor check that does not hold.
 *
 * @param line what is wrong, in one line
 * @param doubt why the host itself may have caused it; empty when it did not
 */
public record Violation(String line, Optional<String> doubt) {}
