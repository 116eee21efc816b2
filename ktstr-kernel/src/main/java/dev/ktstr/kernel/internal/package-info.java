/** Readers of kernel files and the cache's mechanics; nothing outside this module may use them. */
@NullMarked
package dev.ktstr.kernel.internal;

import org.jspecify.annotations.NullMarked;
