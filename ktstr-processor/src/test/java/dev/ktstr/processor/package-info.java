/** Compiles the sources under {@code src/test/resources} and compares what comes out with the golden files beside them. */
@NullMarked
package dev.ktstr.processor;

import org.jspecify.annotations.NullMarked;
