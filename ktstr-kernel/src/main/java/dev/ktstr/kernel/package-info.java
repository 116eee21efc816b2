/** Kernels: find one, fetch one, cache it, and say what is in it. No virtual machine in here. */
@NullMarked
package dev.ktstr.kernel;

import org.jspecify.annotations.NullMarked;
