/** Writes what the model says: one JUnit class per test class, and {@code META-INF/ktstr/registry.json}. */
@NullMarked
package dev.ktstr.processor.write;

import org.jspecify.annotations.NullMarked;
