package dev.ktstr.vm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.vm.Backend;
import dev.ktstr.vm.VirtualMachineContract;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The contract on this host's KVM, software-paged or not: the micro-guest runs without paging and interrupts, which every
 * KVM can do.
 */
class KvmContractTest extends VirtualMachineContract {
    @BeforeAll
    static void assumeDevice() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "SKIPPED: this host has no /dev/kvm that opens");
    }

    /** A KVM that emulates cannot deliver an interrupt, and stops where hardware would fault three times. */
    @Override
    @Test
    protected void aTripleFaultIsAReset() throws InterruptedException {
        assumeFaults();
        super.aTripleFaultIsAReset();
        assertThat(end().detail()).contains("triple fault of vCPU 0");
    }

    @Override
    @Test
    protected void aResetAfterAPanicIsAPanicWithItsLine() throws InterruptedException {
        assumeFaults();
        super.aResetAfterAPanicIsAPanicWithItsLine();
    }

    /** A KVM that emulates has no debug registers. */
    @Override
    @Test
    protected void everyWriteToAWatchedWordStopsTheGuestRightAfterItAndNoneAfterThat() throws InterruptedException {
        assumeFaults();
        super.everyWriteToAWatchedWordStopsTheGuestRightAfterItAndNoneAfterThat();
    }

    @Override
    @Test
    protected void aFreezeInAHitHoldsTheGuestUntilItIsResumedAndWatchpointsCanBeReplacedThere()
            throws InterruptedException {
        assumeFaults();
        super.aFreezeInAHitHoldsTheGuestUntilItIsResumedAndWatchpointsCanBeReplacedThere();
    }

    private static void assumeFaults() {
        assumeTrue(KvmProbe.probe().usable(), "SKIPPED: " + KvmProbe.probe().detail());
    }

    @Override
    protected Backend backend() {
        return new KvmBackend();
    }
}
