package dev.ktstr.vm.kvm;

import dev.ktstr.vm.internal.linux.KvmCpu;

/** What runs on a vCPU's own thread: KVM wants a vCPU's registers touched by the thread that runs it. */
@FunctionalInterface
interface CpuControl<T> {
    /** Does it, between two runs of the guest. */
    T apply(KvmCpu cpu);
}
