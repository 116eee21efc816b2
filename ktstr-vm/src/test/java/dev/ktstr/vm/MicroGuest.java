package dev.ktstr.vm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.spec.CpuTopology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The guest of {@code src/test/asm/micro.S}, driven from the host. */
public final class MicroGuest {
    /** More than enough for anything the guest does; a test that needs it has failed. */
    public static final Duration BOUND = Duration.ofSeconds(30);

    private static final long COUNTER = MachineLayout.SHM_BASE;
    private static final long MAILBOX = MachineLayout.SHM_BASE + 0x20;
    /** Where the guest writes its answers, 4 bytes. */
    public static final long ANSWER = MachineLayout.SHM_BASE + 0x24;

    private MicroGuest() {}

    /** The image, built by the module's POM. */
    public static Path image() {
        Path image = Path.of(System.getProperty("basedir", "."), "target", "micro.elf");
        assertThat(image).as("built by generate-test-resources").isRegularFile();
        return image;
    }

    /** A spec that boots it. */
    public static VmSpec spec(Path workDir, String topology, int memoryMb) {
        try {
            Path initramfs = Files.write(workDir.resolve("initramfs"), new byte[512]);
            return new VmSpec(image(), initramfs, CpuTopology.parse(topology), memoryMb, List.of(), workDir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the guest's first byte. */
    public static void awaitReady(VirtualMachine vm) {
        assertThat(receive(vm)).isEqualTo('R');
    }

    /** Reads one byte of COM2. */
    public static int receive(VirtualMachine vm) {
        ByteBuffer one = ByteBuffer.allocate(1);
        try {
            assertThat(vm.control().read(one, BOUND))
                    .as("bytes on COM2; exit %s", vm.exit())
                    .isEqualTo(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return one.get(0) & 0xff;
    }

    /** Writes bytes to COM2. */
    public static void send(VirtualMachine vm, String bytes) {
        try {
            vm.control().write(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)), BOUND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the guest has counted to. */
    public static int counter(VirtualMachine vm) {
        return vm.memory().getIntAcquire(COUNTER);
    }

    /** Waits until the guest counts. */
    public static void awaitCounting(VirtualMachine vm) {
        int before = counter(vm);
        until("the guest counts", () -> counter(vm) != before);
    }

    /** Puts a word into the guest's mailbox and waits for the answer. */
    public static int ask(VirtualMachine vm, int mail) {
        vm.memory().putIntRelease(ANSWER, 0);
        vm.memory().putIntRelease(MAILBOX, mail);
        until("the guest answers", () -> vm.memory().getIntAcquire(ANSWER) != 0);
        return vm.memory().getIntAcquire(ANSWER);
    }

    /** Waits for a condition, at most {@link #BOUND}. */
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + BOUND.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
