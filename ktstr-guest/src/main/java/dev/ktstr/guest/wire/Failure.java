package dev.ktstr.guest.wire;

/**
 * What the agent could not do.
 *
 * @param message what was tried, on what, what happened
 */
public record Failure(String message) {}
