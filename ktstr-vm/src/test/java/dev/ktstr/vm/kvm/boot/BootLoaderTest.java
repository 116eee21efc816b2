package dev.ktstr.vm.kvm.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.kvm.machine.MachineDescription;
import dev.ktstr.vm.kvm.machine.Presets;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lies in memory when the first CPU starts. */
class BootLoaderTest {
    private static final int MB = 1 << 20;
    private static final byte[] INITRD = new byte[5000];

    private final ArrayMemory memory = new ArrayMemory(256L * MB);
    private final MachineDescription machine = Presets.machine(CpuTopology.parse("1n2l2c1t"), 256);

    private InitialRegisters load(ByteBuffer kernel, byte[] initrd, String line)
            throws IOException, KernelFormatException {
        return new BootLoader(memory, machine)
                .load(KernelBytes.of(Kernels.bytes(kernel)), KernelBytes.of(initrd), line);
    }

    @Test
    void aBzImageIsEnteredIn64BitModeWithBootParams() throws Exception {
        INITRD[0] = 7;
        InitialRegisters r = load(Kernels.bzImage(), INITRD, "console=ttyS0");
        assertThat(r.rip()).isEqualTo(Kernels.PREFERRED + 0x200);
        assertThat(r.rsi()).isEqualTo(0x7000);
        assertThat(r.rflags()).isEqualTo(2);
        assertThat(r.cr0()).isEqualTo(0x80000011L);
        assertThat(r.cr4()).isEqualTo(0x20);
        assertThat(r.efer()).isEqualTo(0x500);
        assertThat(r.code().longMode()).isTrue();
        assertThat(r.code().selector()).isEqualTo(0x10);
        assertThat(r.data().selector()).isEqualTo(0x18);

        assertThat(memory.bytes(Kernels.PREFERRED, 8).getLong()).isEqualTo(0x9090909090909090L);
        assertThat(memory.bytes(Kernels.PREFERRED + Kernels.PAYLOAD, 8).getLong())
                .isZero();

        ByteBuffer params = memory.bytes(r.rsi(), 4096);
        assertThat(params.getInt(0x202)).as("HdrS").isEqualTo(0x53726448);
        assertThat(params.get(0x210)).as("loader").isEqualTo((byte) 0xff);
        assertThat(params.get(0x211)).as("the kernel's own flags stay").isEqualTo((byte) 0x81);
        assertThat(params.getInt(0x260)).as("init_size").isEqualTo(Kernels.INIT_SIZE);
        assertThat(params.get(0x1ef)).as("sentinel").isZero();
        assertThat(memory.text(params.getInt(0x228))).isEqualTo("console=ttyS0");
        int initrd = params.getInt(0x218);
        assertThat(initrd).as("as high as it goes, at a page").isEqualTo(256 * MB - 8192);
        assertThat(params.getInt(0x21c)).isEqualTo(5000);
        assertThat(memory.bytes(initrd, 1).get()).isEqualTo((byte) 7);
        assertThat(memory.bytes(params.getLong(0x70), 8))
                .isEqualTo(ByteBuffer.wrap("RSD PTR ".getBytes(StandardCharsets.US_ASCII)));

        assertThat(params.get(0x1e8)).isEqualTo((byte) 6);
        assertThat(params.getLong(0x2d0 + 4 * 20)).as("the shared window").isEqualTo(128L * MB);
        assertThat(params.getInt(0x2d0 + 4 * 20 + 16)).as("is reserved").isEqualTo(2);
    }

    @Test
    void pageTablesMapTheFirst4GiBOneToOne() throws Exception {
        InitialRegisters r = load(Kernels.bzImage(), INITRD, "");
        for (long address : new long[] {0, 0x7000, 0x1000200, (1L << 30) + 5, (4L << 30) - 1}) {
            long level3 = entry(r.cr3(), address >>> 39 & 511);
            long directory = entry(level3 & -4096, address >>> 30 & 511);
            long page = entry(directory & -4096, address >>> 21 & 511);
            assertThat(page & 0x83).as("present, writable, large").isEqualTo(0x83);
            assertThat((page & -(2L << 20)) + (address & (2 << 20) - 1)).isEqualTo(address);
        }
        assertThat(entry(r.cr3(), 1)).isZero();
    }

    private long entry(long table, long index) {
        long entry = memory.getLongAcquire(table + 8 * index);
        assertThat(index > 0 || (entry & 3) == 3).isTrue();
        return entry;
    }

    @Test
    void descriptorsAreThoseOfTheRegisters() throws Exception {
        InitialRegisters r = load(Kernels.bzImage(), INITRD, "");
        assertThat(memory.getLongAcquire(r.gdtBase() + 0x10)).isEqualTo(0x00af9b000000ffffL);
        assertThat(memory.getLongAcquire(r.gdtBase() + 0x18)).isEqualTo(0x00cf93000000ffffL);
        assertThat(memory.getLongAcquire(r.gdtBase() + 0x20)).isEqualTo(0x00008b0000000067L);
        load(Kernels.vmlinux(true), INITRD, "");
        assertThat(memory.getLongAcquire(r.gdtBase() + 0x10)).isEqualTo(0x00cf9b000000ffffL);
    }

    @Test
    void aVmlinuxWithThePvhNoteIsEnteredWithStartInfo() throws Exception {
        InitialRegisters r = load(Kernels.vmlinux(true), INITRD, "quiet");
        assertThat(r.rip()).isEqualTo(0x1000100);
        assertThat(r.cr0()).as("protected mode, no paging").isEqualTo(0x11);
        assertThat(r.cr4()).isZero();
        assertThat(r.efer()).isZero();
        assertThat(r.code().db()).isTrue();
        assertThat(r.code().longMode()).isFalse();
        assertThat(r.task().limit()).isEqualTo(0x67);

        ByteBuffer info = memory.bytes(r.rbx(), 56);
        assertThat(info.getInt(0)).isEqualTo(0x336ec578);
        assertThat(info.getInt(4)).isEqualTo(1);
        assertThat(info.getInt(12)).as("modules").isEqualTo(1);
        ByteBuffer module = memory.bytes(info.getLong(16), 32);
        assertThat(module.getLong(0)).isEqualTo(256 * MB - 8192);
        assertThat(module.getLong(8)).isEqualTo(5000);
        assertThat(memory.text(info.getLong(24))).isEqualTo("quiet");
        assertThat(memory.text(info.getLong(32))).startsWith("RSD PTR ");
        assertThat(info.getInt(48)).isEqualTo(6);
        ByteBuffer map = memory.bytes(info.getLong(40), 6 * 24);
        assertThat(map.getLong(0)).isZero();
        assertThat(map.getLong(8)).isEqualTo(0x9fc00);
        assertThat(map.getInt(16)).isEqualTo(1);
        assertThat(map.getInt(2 * 24 + 16)).as("tables").isEqualTo(3);

        assertThat(memory.bytes(0x1000000, 1).get()).isEqualTo((byte) 0x11);
        assertThat(memory.bytes(0x1200000, 1).get()).isEqualTo((byte) 0x22);
        assertThat(memory.bytes(0x1200800, 1).get()).isZero();
    }

    @Test
    void aVmlinuxWithoutTheNoteIsEnteredIn64BitMode() throws Exception {
        InitialRegisters r = load(Kernels.vmlinux(false), INITRD, "quiet");
        assertThat(r.rip()).isEqualTo(0x1000040);
        assertThat(r.efer()).isEqualTo(0x500);
        ByteBuffer params = memory.bytes(r.rsi(), 4096);
        assertThat(params.getInt(0x202)).isEqualTo(0x53726448);
        assertThat(params.getShort(0x1fe)).isEqualTo((short) 0xaa55);
        assertThat(memory.text(params.getInt(0x228))).isEqualTo("quiet");
    }

    @Test
    void withoutAnInitrdThereIsNone() throws Exception {
        ByteBuffer params =
                memory.bytes(load(Kernels.bzImage(), new byte[0], "").rsi(), 4096);
        assertThat(params.getLong(0x218)).isZero();
        ByteBuffer info =
                memory.bytes(load(Kernels.vmlinux(true), new byte[0], "").rbx(), 56);
        assertThat(info.getInt(12)).isZero();
    }

    @Test
    void aMovableKernelThatDoesNotFitWhereItWantsToGoesElsewhere() throws Exception {
        ByteBuffer large = Kernels.bzImage().putLong(0x258, 100L * MB).putInt(0x260, 60 * MB);
        InitialRegisters r = load(large, INITRD, "");
        assertThat(r.rip()).as("the lowest multiple of 2 MiB").isEqualTo(2L * MB + 0x200);
        assertThat(memory.bytes(r.rsi(), 4096).getInt(0x214)).isEqualTo(2 * MB);
        assertThat(memory.bytes(2 * MB, 1).get()).isEqualTo((byte) 0x90);
    }

    @Test
    void aKernelThatFitsNowhereIsRefusedWithTheSizes() {
        ByteBuffer huge = Kernels.bzImage().putInt(0x260, 200 * MB);
        assertThatThrownBy(() -> load(huge, INITRD, ""))
                .isInstanceOf(VmException.class)
                .hasMessageStartingWith(
                        "the kernel wants 204800 KiB at 0x1000000 or anywhere else, and the guest's RAM is")
                .hasMessageContaining("Raise memoryMb");
        ByteBuffer fixed = Kernels.bzImage().putLong(0x258, 120L * MB).putInt(0x260, 20 * MB);
        fixed.put(0x234, (byte) 0);
        assertThatThrownBy(() -> load(fixed, INITRD, "")).hasMessageContaining("at 0x7800000, and the guest's RAM is");
    }

    @Test
    void anInitrdThatDoesNotFitIsRefusedWithTheSizes() {
        assertThatThrownBy(() -> load(Kernels.bzImage(), new byte[120 * MB], ""))
                .isInstanceOf(VmException.class)
                .hasMessageStartingWith(
                        "the initramfs of 122880 KiB does not fit into the guest's RAM beside the kernel");
    }

    @Test
    void anInitrdMayLieBelowTheSharedWindow() throws Exception {
        ByteBuffer params =
                memory.bytes(load(Kernels.bzImage(), new byte[97 * MB], "").rsi(), 4096);
        assertThat(params.getInt(0x218)).isEqualTo(31 * MB);
    }

    @Test
    void aCommandLineThatIsTooLongIsRefusedWithBothLengths() throws Exception {
        String longest = "x".repeat(2047);
        InitialRegisters r = load(Kernels.bzImage(), INITRD, longest);
        assertThat(memory.text(memory.bytes(r.rsi(), 4096).getInt(0x228))).isEqualTo(longest);
        for (ByteBuffer kernel : new ByteBuffer[] {Kernels.bzImage(), Kernels.vmlinux(true)}) {
            assertThatThrownBy(() -> load(kernel, INITRD, longest + "y"))
                    .isInstanceOf(VmException.class)
                    .hasMessageStartingWith("the kernel's command line has 2048 bytes, and this kernel takes 2047");
        }
        assertThatThrownBy(() -> load(Kernels.bzImage(), INITRD, "a\0b")).hasMessageContaining("zero byte");
    }

    @Test
    void whatIsWrongWithAFileIsSaidWithItsName(@TempDir Path folder) throws IOException {
        Path kernel = Files.write(folder.resolve("vmlinuz"), new byte[100_000]);
        Path initrd = Files.write(folder.resolve("initrd"), INITRD);
        BootLoader loader = new BootLoader(memory, machine);
        assertThatThrownBy(() -> loader.load(kernel, initrd, ""))
                .isInstanceOf(VmException.class)
                .hasMessage("kernel " + kernel + " cannot be booted: it is neither an ELF vmlinux nor a bzImage."
                        + " Fetch or build it again, or name another");
        assertThatThrownBy(() -> loader.load(folder.resolve("missing"), initrd, ""))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("missing");
        Files.write(kernel, Kernels.bytes(Kernels.bzImage()));
        assertThat(loader.load(kernel, initrd, "").rip()).isEqualTo(Kernels.PREFERRED + 0x200);
    }

    @Test
    void machinesWithLargeApicIdsKeepInterruptsAtTheFirstCpu() {
        assertThat(BootLoader.kernelArguments(machine)).isEmpty();
        assertThat(BootLoader.kernelArguments(Presets.machine(CpuTopology.parse("1n14l18c1t"), 16_128)))
                .containsExactly("irqaffinity=0");
    }
}
