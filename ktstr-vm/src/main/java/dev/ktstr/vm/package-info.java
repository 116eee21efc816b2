/**
 * The virtual machine as the rest of the product sees it: what to run ({@link dev.ktstr.vm.VmSpec}), who runs it
 * ({@link dev.ktstr.vm.Backend}), and the running guest ({@link dev.ktstr.vm.VirtualMachine}).
 */
@NullMarked
package dev.ktstr.vm;

import org.jspecify.annotations.NullMarked;
