/** Claims on single values: each compares, and says in one line what was claimed and what was found. */
@NullMarked
package dev.ktstr.claim;

import org.jspecify.annotations.NullMarked;
