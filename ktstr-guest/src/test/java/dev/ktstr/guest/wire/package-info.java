/** Tests of the wire format. */
@NullMarked
package dev.ktstr.guest.wire;

import org.jspecify.annotations.NullMarked;
