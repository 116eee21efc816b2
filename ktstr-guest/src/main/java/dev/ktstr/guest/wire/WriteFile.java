package dev.ktstr.guest.wire;

/**
 * Writes a file by one {@code write} call, as control files need it.
 *
 * @param path absolute path
 * @param content what to write
 */
public record WriteFile(String path, Blob content) {}
