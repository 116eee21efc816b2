package dev.ktstr.guest.wire;

/**
 * The host's answer to a {@link HostRequest}.
 *
 * @param id number of the request
 * @param error why it could not be done, which ends the scenario; empty when it was done
 */
public record HostDone(int id, String error) {}
