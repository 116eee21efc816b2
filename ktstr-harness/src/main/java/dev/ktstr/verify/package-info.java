/** The verifier sweep: loads every declared scheduler into every kernel on every topology, and says what the verifier spent on it. */
@NullMarked
package dev.ktstr.verify;

import org.jspecify.annotations.NullMarked;
