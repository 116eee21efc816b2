package dev.ktstr.guest.wire;

/**
 * Makes a guest that waits one of its own: it may be a fork of a saved one, like others that run now.
 *
 * @param wallNs nanoseconds since the Unix epoch, for the guest's wall clock
 * @param entropy fresh random bytes, for the guest's random number generator
 * @param delayNs how long the agent sleeps before it answers, so that two forks do not go on at the same place between
 *     timer ticks
 */
public record Wake(long wallNs, Blob entropy, long delayNs) {}
