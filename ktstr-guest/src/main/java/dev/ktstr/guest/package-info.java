/**
 * What runs in the guest and how the host talks to it: the agent, the boot image that holds it, the wire format, and the
 * {@link dev.ktstr.guest.AgentSession session}. Knows no virtual machine: it sees {@link dev.ktstr.guest.GuestPorts}.
 */
@NullMarked
package dev.ktstr.guest;

import org.jspecify.annotations.NullMarked;
