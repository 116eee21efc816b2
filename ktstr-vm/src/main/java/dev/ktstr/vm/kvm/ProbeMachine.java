package dev.ktstr.vm.kvm;

import dev.ktstr.vm.VmException;
import dev.ktstr.vm.internal.linux.Kvm;
import dev.ktstr.vm.internal.linux.KvmCpu;
import dev.ktstr.vm.internal.linux.KvmVm;
import dev.ktstr.vm.internal.linux.Mapping;
import dev.ktstr.vm.internal.linux.Memfd;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** A machine with one vCPU and RAM from address 0: as much as a probe needs. */
final class ProbeMachine implements AutoCloseable {
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final ByteBuffer ram;
    private final KvmCpu cpu;
    private final int[][] cpuid;

    /**
     * Makes it.
     *
     * @throws VmException naming the step that the host refused
     */
    ProbeMachine(int ramBytes) {
        try {
            Kvm kvm = own(Kvm.open());
            Mapping mapping = own(own(Memfd.create("ktstr-kvm-probe", ramBytes)).map());
            KvmVm vm = own(kvm.createVm());
            ram = mapping.view(0, ramBytes);
            vm.setMemory(0, 0, mapping, 0, ramBytes);
            cpu = own(vm.createCpu(0));
            cpuid = kvm.supportedCpuid();
            cpu.setCpuid(cpuid);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private <T extends AutoCloseable> T own(T part) {
        owned.push(part);
        return part;
    }

    /** The guest's RAM. Not to be used after {@link #close()}. */
    ByteBuffer ram() {
        return ram;
    }

    /** The vCPU. */
    KvmCpu cpu() {
        return cpu;
    }

    /** Whether the guest's CPUID has a bit of EBX in leaf 7, subleaf 0. */
    boolean hasLeaf7Ebx(int bit) {
        return CpuSetup.entries(cpuid).stream()
                .anyMatch(leaf -> leaf.function() == 7 && leaf.index() == 0 && (leaf.ebx() >>> bit & 1) == 1);
    }

    /** Releases everything. Only when no thread runs the vCPU. */
    @Override
    public void close() {
        RuntimeException failure = null;
        while (!owned.isEmpty()) {
            try {
                owned.pop().close();
            } catch (Exception e) {
                failure = new VmException("releasing the KVM probe failed: " + e.getMessage(), e);
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
