/**
 * The rules, and the diagnostics they make. A rule is a function of the model; it adds a value to
 * {@link dev.ktstr.processor.rules.Diagnostics} and never stops the others.
 */
@NullMarked
package dev.ktstr.processor.rules;

import org.jspecify.annotations.NullMarked;
