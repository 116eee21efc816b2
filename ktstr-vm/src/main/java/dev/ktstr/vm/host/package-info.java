/** The host that virtual machines share: who may run at the same time, and what it gives to whom. */
@NullMarked
package dev.ktstr.vm.host;

import org.jspecify.annotations.NullMarked;
