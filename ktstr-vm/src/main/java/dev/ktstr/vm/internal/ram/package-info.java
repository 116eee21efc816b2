/** Guest RAM: how it lies in guest-physical space, and the memory of this process that it is made of. */
@NullMarked
package dev.ktstr.vm.internal.ram;

import org.jspecify.annotations.NullMarked;
