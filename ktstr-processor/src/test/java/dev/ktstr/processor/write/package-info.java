/** Units of the writers that need no compiler. */
@NullMarked
package dev.ktstr.processor.write;

import org.jspecify.annotations.NullMarked;
