/** Names and addresses of a kernel, from its ELF file or from kallsyms. */
@NullMarked
package dev.ktstr.vm.symbols;

import org.jspecify.annotations.NullMarked;
