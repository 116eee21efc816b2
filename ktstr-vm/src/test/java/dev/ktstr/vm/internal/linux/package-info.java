/** Tests of the native door. */
@NullMarked
package dev.ktstr.vm.internal.linux;

import org.jspecify.annotations.NullMarked;
