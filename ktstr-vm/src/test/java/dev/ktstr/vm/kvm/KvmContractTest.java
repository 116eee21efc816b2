package dev.ktstr.vm.kvm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachineContract;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;

/**
 * The contract on this host's KVM, software-paged or not: the micro-guest runs without paging and interrupts, which every
 * KVM can do.
 */
class KvmContractTest extends VirtualMachineContract {
    @BeforeAll
    static void assumeDevice() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "SKIPPED: this host has no /dev/kvm that opens");
    }

    @Override
    protected Backend backend() {
        return new KvmBackend();
    }
}
