/**
 * A running kernel's memory by virtual address and symbol, read from outside through {@link dev.ktstr.vm.GuestMemory}: page
 * tables, per-CPU areas, where the kernel lies. No vCPU register and nothing in the guest is needed.
 */
@NullMarked
package dev.ktstr.vm.kernel;

import org.jspecify.annotations.NullMarked;
