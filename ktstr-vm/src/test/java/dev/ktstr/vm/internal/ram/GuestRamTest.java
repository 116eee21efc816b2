package dev.ktstr.vm.internal.ram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.GuestMemory;
import dev.ktstr.vm.GuestMemoryContract;
import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.VmException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class GuestRamTest extends GuestMemoryContract {
    private static final int FIRST_NODE_MB = 1500;

    @Override
    protected GuestMemory create() {
        // Sparse: only the pages that a test touches are taken from the host.
        return new GuestRam(new RamLayout(List.of(FIRST_NODE_MB, 4096 - FIRST_NODE_MB))).memory();
    }

    @Override
    protected long seam() {
        return (long) FIRST_NODE_MB << 20;
    }

    @Override
    protected void close(GuestMemory created) {
        ((MappedGuestMemory) created).close();
    }

    @Test
    void closingUnderReadersThrowsInThemAndDoesNotCrashTheProcess() throws InterruptedException {
        for (int round = 0; round < 20; round++) {
            GuestRam ram = new GuestRam(new RamLayout(List.of(224)));
            CountDownLatch running = new CountDownLatch(2);
            AtomicReference<Throwable> end = new AtomicReference<>();
            Runnable reader = () -> {
                byte[] bytes = new byte[64 << 10];
                try {
                    for (int i = 0; ; i++) {
                        ram.memory().read(i % 100, bytes, 0, bytes.length);
                        if (i == 10) {
                            running.countDown();
                        }
                    }
                } catch (IllegalStateException e) {
                    end.set(e);
                }
            };
            Thread one = new Thread(reader, "reader-1");
            Thread two = new Thread(reader, "reader-2");
            one.start();
            two.start();
            assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
            ram.close();
            one.join(30_000);
            two.join(30_000);
            assertThat(one.isAlive() || two.isAlive()).isFalse();
            assertThat(end.get()).hasMessageContaining("closed");
        }
    }

    @Test
    void ramIsSpreadEvenlyWhereNodeZeroHasEnough() {
        assertThat(RamLayout.spread(2048, 2).nodeMb()).containsExactly(1024, 1024);
        assertThat(RamLayout.spread(1000, 3).nodeMb()).containsExactly(336, 332, 332);
        assertThat(RamLayout.spread(777, 1).nodeMb()).containsExactly(777);
    }

    @Test
    void nodeZeroGetsWhatTheKernelNeedsAndTheOthersShareTheRest() {
        RamLayout layout = RamLayout.spread(400, 4);
        assertThat(layout.nodeMb().get(0)).isGreaterThanOrEqualTo(MachineLayout.MIN_NODE0_MB);
        assertThat(layout.nodeMb().subList(1, 4)).containsOnly(58);
        assertThat(layout.totalBytes()).isEqualTo(400L << 20);
    }

    @Test
    void tooLittleRamIsRefusedWithTheCure() {
        assertThatThrownBy(() -> RamLayout.spread(100, 1))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("at least 224 MiB")
                .hasMessageContaining("raise memoryMb");
        assertThatThrownBy(() -> RamLayout.spread(230, 4))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("4 NUMA nodes");
    }
}
