package dev.ktstr.vm.bpf;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * A loaded program as the kernel describes it. What this kernel does not keep is empty.
 *
 * @param address of its {@code struct bpf_prog}
 * @param id as {@code bpftool prog} shows it
 * @param name at most 15 characters in the kernel; the full one where the program's BTF has it
 * @param type lower case without prefix: {@code struct_ops}
 * @param verifiedInsns instructions the verifier processed: its log's "processed N insns"
 * @param stackDepth bytes
 * @param translatedInsns instructions after the verifier's rewriting
 * @param jitedBytes size of the machine code, that of its functions together; empty when it is interpreted
 * @param runs how often it has run while {@code kernel.bpf_stats_enabled} was set; 0 when it never was
 * @param attachedTo name of the function it is attached to, of a kind that has one
 */
public record BpfProgram(
        long address,
        int id,
        String name,
        String type,
        OptionalLong verifiedInsns,
        OptionalLong stackDepth,
        int translatedInsns,
        OptionalLong jitedBytes,
        OptionalLong runs,
        Optional<String> attachedTo) {}
