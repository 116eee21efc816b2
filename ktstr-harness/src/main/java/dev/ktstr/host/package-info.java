/**
 * Bare metal: scenarios on this host itself, under whatever scheduler is active, by the agent that runs them in guests. Each run
 * has a cgroup of its own, {@code ktstr-PID}, and everything that it starts is in it.
 */
@NullMarked
package dev.ktstr.host;

import org.jspecify.annotations.NullMarked;
