package dev.ktstr.guest.wire;

/**
 * The head of a file.
 *
 * @param path absolute path in the guest
 * @param mode permission bits
 */
public record FileBegin(String path, int mode) {}
