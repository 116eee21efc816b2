/** Builds a kernel from a source tree: configuration, tools, make, and the way into the cache. */
@NullMarked
package dev.ktstr.kernel.build;

import org.jspecify.annotations.NullMarked;
