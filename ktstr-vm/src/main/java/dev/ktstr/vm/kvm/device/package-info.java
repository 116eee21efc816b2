/**
 * Devices: bytes in, bytes out, an interrupt line. They know nothing of KVM, make no garbage on the exit path, may be
 * called from any vCPU thread, and can be saved and restored.
 */
@NullMarked
package dev.ktstr.vm.kvm.device;

import org.jspecify.annotations.NullMarked;
