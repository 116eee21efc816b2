/** What the backends share: the doorbell's state, looking at boot files, the kernel command line, panics in a console. */
@NullMarked
package dev.ktstr.vm.internal.machine;

import org.jspecify.annotations.NullMarked;
