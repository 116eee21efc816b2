/**
 * What the user wrote, as immutable values: every attribute with its resolved value, where that value came from, and the
 * place in the source a diagnostic about it points at. Nothing here judges.
 */
@NullMarked
package dev.ktstr.processor.model;

import org.jspecify.annotations.NullMarked;
