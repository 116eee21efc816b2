/** Units of the rules that need no compiler. */
@NullMarked
package dev.ktstr.processor.rules;

import org.jspecify.annotations.NullMarked;
