/**
 * The one door to native calls: libc by JNA direct mapping, every call checked, errno turned into a
 * {@link dev.ktstr.vm.VmException} that names the operation and the cure. No pointer leaves this package: callers see
 * numbers of descriptors and bounds-checked {@link java.nio.ByteBuffer}s.
 */
@NullMarked
package dev.ktstr.vm.internal.linux;

import org.jspecify.annotations.NullMarked;
