/**
 * Turns a scenario in the author's words into the agent's plan: every count, CPU, node and time resolved, and everything
 * checked that can be known before the guest touches it. The checks walk the scenario symbolically: which cgroups there are,
 * with which cpuset and how many workers, at each op.
 */
@NullMarked
package dev.ktstr.run.encode;

import org.jspecify.annotations.NullMarked;
