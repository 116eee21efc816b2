/** The host that virtual machines share: who may run at the same time. */
@NullMarked
package dev.ktstr.vm.host;

import org.jspecify.annotations.NullMarked;
