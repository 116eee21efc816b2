/**
 * The rules that need the compiler's own view of the source: the shape of test methods, where {@code @Flag} stands, and
 * members that attributes name. Those over plain values are in {@link dev.ktstr.rules}.
 */
@NullMarked
package dev.ktstr.processor.rules;

import org.jspecify.annotations.NullMarked;
