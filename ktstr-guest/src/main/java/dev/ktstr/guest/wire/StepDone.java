package dev.ktstr.guest.wire;

/**
 * A step that has ended; the reports of its workers came before.
 *
 * @param report how it went
 */
public record StepDone(StepReport report) {}
