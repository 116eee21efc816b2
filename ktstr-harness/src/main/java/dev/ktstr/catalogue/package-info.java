/**
 * The catalogue of canned scenarios: what a tester of schedulers would run first, by group, each with the topology and the
 * privileges that it needs. {@link dev.ktstr.Scenarios} calls some of them from a test.
 */
@NullMarked
package dev.ktstr.catalogue;

import org.jspecify.annotations.NullMarked;
