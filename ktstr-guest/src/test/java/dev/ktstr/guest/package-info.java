/** Tests of the guest module; none boots a machine. */
@NullMarked
package dev.ktstr.guest;

import org.jspecify.annotations.NullMarked;
