package dev.ktstr.vm.kvm.boot;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Headers that no kernel has. */
class KernelImageTest {
    private static void bzImage(String message, Consumer<ByteBuffer> damage) {
        refused(message, Kernels.bzImage(), damage);
    }

    private static void vmlinux(String message, Consumer<ByteBuffer> damage) {
        refused(message, Kernels.vmlinux(true), damage);
    }

    private static void refused(String message, ByteBuffer file, Consumer<ByteBuffer> damage) {
        damage.accept(file);
        assertThatThrownBy(() -> KernelImage.read(KernelBytes.of(Kernels.bytes(file))))
                .isInstanceOf(KernelFormatException.class)
                .hasMessageContaining(message);
    }

    @Test
    void absurdBzImageHeadersAreRefused() {
        bzImage("neither an ELF vmlinux nor a bzImage", b -> b.putShort(0x1fe, (short) 0));
        bzImage("neither an ELF vmlinux nor a bzImage", b -> b.putInt(0x202, 0));
        bzImage("its boot protocol is 2.11", b -> b.putShort(0x206, (short) 0x020b));
        bzImage("32-bit kernel", b -> b.putShort(0x236, (short) 0x7e));
        bzImage("it is cut short: the kernel should start at byte 131072", b -> b.put(0x1f1, (byte) 255));
        bzImage("which no kernel needs", b -> b.putInt(0x260, -1));
        bzImage("which no kernel needs", b -> b.putLong(0x258, -1));
        bzImage("which no kernel needs", b -> b.putLong(0x258, Long.MAX_VALUE));
        bzImage("its header ends at 0x202", b -> b.put(0x201, (byte) 0));
        bzImage("its header ends at 0x301", b -> b.put(0x201, (byte) 255));
        bzImage("no power of two", b -> b.putInt(0x230, 3));
        bzImage("no power of two", b -> b.putInt(0x230, 0));
    }

    @Test
    void filesThatEndTooEarlyAreRefused() {
        for (int length : new int[] {0, 63, 64, 0x200, 0x263, 0x264, 1024 + 0x200}) {
            byte[] cut = Arrays.copyOf(Kernels.bytes(Kernels.bzImage()), length);
            assertThatThrownBy(() -> KernelImage.read(KernelBytes.of(cut))).isInstanceOf(KernelFormatException.class);
        }
    }

    @Test
    void absurdElfHeadersAreRefused() {
        vmlinux("for machine 183, wanted x86_64 (62)", b -> b.putShort(18, (short) 183));
        vmlinux("64 bits", b -> b.put(4, (byte) 1));
        vmlinux("type 1, not an executable", b -> b.putShort(16, (short) 1));
        vmlinux("names 0 program headers", b -> b.putShort(56, (short) 0));
        vmlinux("names 65535 program headers", b -> b.putShort(56, (short) -1));
        vmlinux("of 1 bytes", b -> b.putShort(54, (short) 1));
        vmlinux("at byte -1", b -> b.putLong(32, -1));
        vmlinux("at byte 16380", b -> b.putLong(32, 16380));
        vmlinux("its segment 0 is absurd", b -> b.putLong(64 + 8, -1));
        vmlinux("its segment 0 is absurd", b -> b.putLong(64 + 24, -4096));
        vmlinux("its segment 1 is absurd", b -> b.putLong(64 + 56 + 32, 0x100000));
        vmlinux("its segment 1 is absurd", b -> b.putLong(64 + 56 + 40, 1));
        vmlinux("its segment 2 is absurd", b -> b.putLong(64 + 112 + 32, Long.MAX_VALUE));
        vmlinux("bytes apart", b -> b.putLong(64 + 56 + 24, 0xf0000000L));
        vmlinux("without anything to load", b -> b.putInt(64, 6).putInt(64 + 56, 6));
        vmlinux("its entry point 0x5000000 is in none", b -> b.putLong(0x3000 + 36, 0x5000000));
        vmlinux("its entry point 0x8000000000000000", b -> b.putLong(0x3000 + 36, Long.MIN_VALUE));
    }

    @Test
    void aDamagedNoteIsAsGoodAsNone() throws Exception {
        for (int at = 0x3000; at < 0x3000 + 44; at += 4) {
            ByteBuffer file = Kernels.vmlinux(true);
            file.putInt(at, -1);
            try {
                KernelImage.read(KernelBytes.of(Kernels.bytes(file)));
            } catch (KernelFormatException e) {
                if (!e.getMessage().contains("entry point")) {
                    throw e;
                }
            }
        }
    }
}
