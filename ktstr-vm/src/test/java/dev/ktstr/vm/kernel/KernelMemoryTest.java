package dev.ktstr.vm.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A kernel's memory by address: where it lies, what is mapped, and what is not. */
class KernelMemoryTest {
    private static final int RAM = 16 << 20;
    private static final long DIRECT = 0xffff888000000000L;

    private final SparseMemory ram = new SparseMemory(RAM);

    private KernelMemory open() {
        return KernelMemory.open(ram, SyntheticKernel.symbols());
    }

    @Test
    void aKernelIsFoundWhereItWasLinkedTo() {
        new SyntheticKernel(ram, 2 << 20, 0, DIRECT, 4);
        KernelMemory memory = open();
        assertThat(memory.slide()).isZero();
        assertThat(memory.physicalBase()).isEqualTo(2 << 20);
        assertThat(memory.readText(memory.symbol("linux_banner"), 100)).isEqualTo("Linux version 9.9.9 (a test)\n");
    }

    @Test
    void aKernelIsFoundWhereverKaslrPutItAndItsDirectMap() {
        for (int levels = 4; levels <= 5; levels++) {
            SparseMemory other = new SparseMemory(RAM);
            long direct = levels == 5 ? 0xff12345680000000L : 0xffff9abc80000000L;
            new SyntheticKernel(other, 6 << 20, 0x1a600000, direct, levels);
            KernelMemory memory = KernelMemory.open(other, SyntheticKernel.symbols());
            assertThat(memory.slide()).isEqualTo(0x1a600000);
            assertThat(memory.pageTableLevels()).isEqualTo(levels);
            assertThat(memory.directMap()).isEqualTo(direct);
            other.putLongRelease(0x12340, 77);
            assertThat(memory.readLong(direct + 0x12340)).isEqualTo(77);
            assertThat(memory.symbol("_text")).isEqualTo(SyntheticKernel.LINKED + 0x1a600000);
        }
    }

    @Test
    void aBannerThatNoPageTableMapsIsNotTakenForAKernel() {
        byte[] banner = "Linux version 1".getBytes(StandardCharsets.US_ASCII);
        ram.write((4 << 20) + SyntheticKernel.BANNER, banner, 0, banner.length);
        assertThatThrownBy(this::open)
                .isInstanceOf(KernelAccessException.class)
                .hasMessageContainingAll("no running kernel", "1 places look like");
        new SyntheticKernel(ram, 8 << 20, 0, DIRECT, 4);
        assertThat(open().physicalBase()).isEqualTo(8 << 20);
    }

    @Test
    void pagesOfAllSizesAreWalked() {
        SyntheticKernel kernel = new SyntheticKernel(ram, 2 << 20, 0, DIRECT, 4);
        long vmalloc = 0xffffc90000000000L;
        kernel.map(vmalloc, 0x500000, 1);
        kernel.map(vmalloc + 0x1000, 0x700000, 1);
        kernel.map(vmalloc + (1L << 30), 0, 3);
        ram.putLongRelease(0x500ff8, 1);
        ram.putLongRelease(0x700000, 2);
        KernelMemory memory = open();
        ByteBuffer across = ByteBuffer.wrap(memory.read(vmalloc + 0xff8, 16)).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(across.getLong(0)).isEqualTo(1);
        assertThat(across.getLong(8)).isEqualTo(2);
        assertThat(memory.readLong(vmalloc + (1L << 30) + 0x700000)).isEqualTo(2);
        assertThat(memory.isReadable(vmalloc, 0x2000)).isTrue();
        assertThat(memory.isReadable(vmalloc, 0x2001)).isFalse();
    }

    @Test
    void whatIsNotMappedOrNotRamIsRefusedAndAWriteThenTouchesNothing() {
        SyntheticKernel kernel = new SyntheticKernel(ram, 2 << 20, 0, DIRECT, 4);
        long vmalloc = 0xffffc90000000000L;
        kernel.map(vmalloc, 0x500000, 1);
        kernel.map(vmalloc + 0x2000, 1L << 40, 1);
        KernelMemory memory = open();
        for (long bad : new long[] {0, 8, 1L << 50, vmalloc + 0x1000, vmalloc + 0x2000, -8, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> memory.readLong(bad))
                    .as(Long.toHexString(bad))
                    .isInstanceOf(KernelAccessException.class);
            assertThatThrownBy(() -> memory.read(bad, 3)).isInstanceOf(KernelAccessException.class);
        }
        assertThatThrownBy(() -> memory.write(vmalloc + 0xffc, new byte[] {1, 1, 1, 1, 1}))
                .isInstanceOf(KernelAccessException.class);
        assertThat(memory.readInt(vmalloc + 0xffc)).isZero();
        assertThatThrownBy(() -> memory.read(vmalloc, Integer.MAX_VALUE)).hasMessageContaining("at most");
        assertThatThrownBy(() -> memory.read(vmalloc, -1)).isInstanceOf(KernelAccessException.class);
    }

    @Test
    void tablesThatPointAtThemselvesOrOutsideOfRamEnd() {
        SyntheticKernel kernel = new SyntheticKernel(ram, 2 << 20, 0, DIRECT, 4);
        long top = (2 << 20) + SyntheticKernel.TOP;
        ram.putLongRelease(top + 400 * 8, top | 1);
        ram.putLongRelease(top + 401 * 8, 1L << 45 | 1);
        assertThat(kernel).isNotNull();
        PageTables tables = new PageTables(ram, top, 4);
        assertThat(tables.translate(0xffff000000000000L | 401L << 39)).isEqualTo(PageTables.NOT_MAPPED);
        tables.translate(0xffff000000000000L | 400L << 39 | 400L << 30 | 400L << 21 | 400L << 12);
        assertThatThrownBy(() -> new PageTables(ram, top, 3)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPerCpuAreaThatIsNotSetUpIsToldFromOneThatIs() {
        new SyntheticKernel(ram, 2 << 20, 0, DIRECT, 4);
        KernelMemory memory = open();
        assertThatThrownBy(() -> memory.perCpu(0x100, 0)).hasMessageContaining("not set up");
        ram.putLongRelease((2 << 20) + SyntheticKernel.PER_CPU_OFFSET, DIRECT + 0x400000);
        assertThat(memory.perCpu(0x100, 0)).isEqualTo(DIRECT + 0x400100);
        assertThatThrownBy(() -> memory.perCpu(0x100, -1)).hasMessageContaining("no CPU -1");
        assertThatThrownBy(() -> memory.perCpu(0x100, 100_000)).hasMessageContaining("no CPU 100000");
    }

    @Test
    void aStableReadingIsOneThatWasSeenTwice() {
        AtomicInteger calls = new AtomicInteger();
        assertThat(KernelMemory.stable(() -> new byte[] {(byte) Math.min(calls.incrementAndGet(), 3)}, 8))
                .hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(3));
        assertThat(KernelMemory.stable(() -> new byte[] {(byte) calls.incrementAndGet()}, 8))
                .isEmpty();
    }
}
