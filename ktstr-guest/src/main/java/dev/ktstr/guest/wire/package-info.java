/**
 * The wire format between host and agent, defined once: the records and enums here are its source, their shapes are the
 * bytes (Wire), and the agent's C header is generated from them
 * (CHeader). Both sides compare the hash of the shapes at the hello.
 */
@NullMarked
package dev.ktstr.guest.wire;

import org.jspecify.annotations.NullMarked;
