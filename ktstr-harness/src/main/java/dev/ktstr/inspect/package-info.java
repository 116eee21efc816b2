/** The kernel of a running guest, readable from outside: its symbols, its types, its memory. */
@NullMarked
package dev.ktstr.inspect;

import org.jspecify.annotations.NullMarked;
