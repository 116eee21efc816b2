/**
 * What a test author imports: the {@link dev.ktstr.Ctx context} of a test, scenarios as data, checks and results. One
 * {@code import dev.ktstr.*;} is enough.
 */
@NullMarked
package dev.ktstr;

import org.jspecify.annotations.NullMarked;
