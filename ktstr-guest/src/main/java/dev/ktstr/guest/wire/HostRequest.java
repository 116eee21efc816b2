package dev.ktstr.guest.wire;

/**
 * Something the agent needs the host to do before it goes on.
 *
 * @param id number of the request, for the answer
 * @param name what: the name that the operation gave
 */
public record HostRequest(int id, String name) {}
