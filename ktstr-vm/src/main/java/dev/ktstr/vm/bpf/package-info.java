/**
 * BPF maps and programs of a running kernel, found through its IDRs and read from outside; values are typed by the program's
 * own BTF.
 */
@NullMarked
package dev.ktstr.vm.bpf;

import org.jspecify.annotations.NullMarked;
