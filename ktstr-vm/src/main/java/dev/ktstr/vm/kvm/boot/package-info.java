/**
 * How a kernel gets into a machine: reading bzImage and vmlinux, where everything is put, the structures that the boot
 * protocols define, and the registers of the first CPU. Kernel files are hostile input.
 */
@NullMarked
package dev.ktstr.vm.kvm.boot;

import org.jspecify.annotations.NullMarked;
