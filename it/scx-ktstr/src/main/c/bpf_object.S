/* SPDX-License-Identifier: GPL-2.0-only */
/* The compiled BPF object, as bytes in the loader. build.sh gives its path. */
	.section .rodata
	.balign 8 /* libbpf reads ELF structures in place */
	.globl bpf_object_start, bpf_object_end
bpf_object_start:
	.incbin BPF_OBJECT
bpf_object_end:
	.section .note.GNU-stack, "", @progbits
