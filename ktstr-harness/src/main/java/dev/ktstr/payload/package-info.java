/** Programs that run in the guest beside or instead of workers: what was declared, what they print, and how they are judged. */
@NullMarked
package dev.ktstr.payload;

import org.jspecify.annotations.NullMarked;
