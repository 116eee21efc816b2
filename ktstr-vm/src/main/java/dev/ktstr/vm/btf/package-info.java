/**
 * BTF, the description of a program's types (kernel: {@code Documentation/bpf/btf.rst}): layouts of structs, enums, and
 * values read by them. All input is hostile: it may come from a guest.
 */
@NullMarked
package dev.ktstr.vm.btf;

import org.jspecify.annotations.NullMarked;
