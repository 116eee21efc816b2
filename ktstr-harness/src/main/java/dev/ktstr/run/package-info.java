/**
 * A variant's way from its registry entry to its verdict: {@link dev.ktstr.run.VariantRun} names the steps in order,
 * each step is one class. Joins kernel, vm and guest, which do not know each other.
 */
@NullMarked
package dev.ktstr.run;

import org.jspecify.annotations.NullMarked;
