package dev.ktstr.vm.kvm.cpuid;

/**
 * What the CPUID instruction answers to one question; {@code struct kvm_cpuid_entry2} of the kernel's
 * {@code arch/x86/include/uapi/asm/kvm.h}.
 *
 * @param function EAX of the question
 * @param index ECX of the question; 0 where it does not matter
 * @param flags {@link #SIGNIFICANT_INDEX} or 0
 * @param eax answer
 * @param ebx answer
 * @param ecx answer
 * @param edx answer
 */
public record CpuidEntry(int function, int index, int flags, int eax, int ebx, int ecx, int edx) {
    /** {@code KVM_CPUID_FLAG_SIGNIFCANT_INDEX}: the answer depends on ECX. */
    public static final int SIGNIFICANT_INDEX = 1;

    /** The same answer to the same question, with other registers. */
    public CpuidEntry with(int newEax, int newEbx, int newEcx, int newEdx) {
        return new CpuidEntry(function, index, flags, newEax, newEbx, newEcx, newEdx);
    }
}
