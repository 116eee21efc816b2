/**
 * The annotation processor: reads annotated types ({@code model}), checks them ({@code rules}), and writes JUnit classes
 * and the registry ({@code write}). This package only drives those three.
 */
@NullMarked
package dev.ktstr.processor;

import org.jspecify.annotations.NullMarked;
