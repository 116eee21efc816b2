/** The {@code qemu} backend: a child process, its command line, its monitor, and the RAM it shares with this process. */
@NullMarked
package dev.ktstr.vm.qemu;

import org.jspecify.annotations.NullMarked;
