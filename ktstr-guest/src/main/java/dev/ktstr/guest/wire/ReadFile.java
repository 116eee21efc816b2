package dev.ktstr.guest.wire;

/**
 * Reads a file.
 *
 * @param path absolute path
 * @param offset where to begin
 * @param max most bytes to read
 */
public record ReadFile(String path, long offset, int max) {}
