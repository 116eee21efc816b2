package dev.ktstr.vm.kvm;

import static dev.ktstr.vm.MicroGuest.BOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.vm.Doorbell;
import dev.ktstr.vm.MachineLayout;
import dev.ktstr.vm.MicroGuest;
import dev.ktstr.vm.VmException;
import dev.ktstr.vm.VmExit;
import dev.ktstr.vm.VmSpec;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Guests of a few bytes on this host's KVM, software-paged or not: exits to the exact number, and what ends a machine. */
class KvmMachineTest {
    @TempDir
    Path workDir;

    @BeforeAll
    static void assumeDevice() {
        assumeTrue(Files.isWritable(Path.of("/dev/kvm")), "SKIPPED: this host has no /dev/kvm that opens");
    }

    private KvmMachine tiny(String code) {
        return tiny("1n1l1c1t", code);
    }

    private KvmMachine tiny(String topology, String code) {
        return (KvmMachine) new KvmBackend().start(TinyGuest.spec(workDir, topology, code));
    }

    private KvmMachine micro() {
        KvmMachine vm = (KvmMachine) new KvmBackend().start(MicroGuest.spec(workDir, "1n1l1c1t", 256));
        MicroGuest.awaitReady(vm);
        return vm;
    }

    /**
     * <pre>
     * b0 41            mov  $'A',%al
     * 66 ba f8 03      mov  $0x3f8,%dx
     * ee               out  %al,(%dx)
     * e6 e9            out  %al,$0xe9
     * 66 ba 04 06      mov  $0x604,%dx
     * 66 b8 00 20      mov  $0x2000,%ax
     * 66 ef            out  %ax,(%dx)
     * </pre>
     */
    private static final String PRINT_RING_POWER_OFF =
            "b041" + "66baf803" + "ee" + "e6e9" + "66ba0406" + "66b80020" + "66ef";

    @Test
    void threeInstructionsAreThreeExits() throws InterruptedException {
        try (KvmMachine vm = tiny(PRINT_RING_POWER_OFF)) {
            assertThat(vm.awaitExit(BOUND).orElseThrow())
                    .isEqualTo(new VmExit(VmExit.Kind.CLEAN, "the guest powered itself off"));
            assertThat(vm.usage().get(0).userExits()).isEqualTo(3);
            assertThat(vm.console()).hasContent("A");
            assertThat(vm.doorbell().await(BOUND)).isEqualTo(Doorbell.Signal.RUNG);
            assertThat(vm.doorbell().await(BOUND)).isEqualTo(Doorbell.Signal.ENDED);
        }
    }

    /** b0 fe: mov $0xfe,%al; e6 64: out %al,$0x64; eb fe: jmp to itself. */
    @Test
    void theKeyboardControllersResetLineIsAReset() throws InterruptedException {
        try (KvmMachine vm = tiny("b0fee664ebfe")) {
            VmExit exit = vm.awaitExit(BOUND).orElseThrow();
            assertThat(exit.kind()).isEqualTo(VmExit.Kind.RESET);
            assertThat(exit.detail()).contains("keyboard controller");
        }
    }

    /** eb fe: jmp to itself. No exit ever: only the kick gets the thread out. */
    @Test
    void aVcpuThatNeverExitsIsFrozenAndKilledAllTheSame() {
        KvmMachine vm = tiny("1n1l2c1t", "ebfe");
        try (vm) {
            for (int i = 0; i < 50; i++) {
                vm.freeze();
                assertThat(vm.registers(0).rip()).isEqualTo(TinyGuest.ENTRY);
                vm.resume();
            }
            assertThat(vm.frozenTime()).isPositive().isLessThan(BOUND);
        }
        assertThat(vm.exit().orElseThrow().kind()).isEqualTo(VmExit.Kind.KILLED);
        assertThatThrownBy(() -> vm.registers(0))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("has ended (killed by the host)");
    }

    /**
     * Writes and reads every fourth port at three widths, but for 0x60 to 0xcff: there lie those that end the machine, and the
     * PIC and PIT that KVM answers itself, as it does 0x20 to 0x5f.
     *
     * <pre>
     * ba 00 0d 00 00        mov  $0xd00,%edx
     * b0 a5              1: mov  $0xa5,%al
     * ee                    out  %al,(%dx)
     * ec                    in   (%dx),%al
     * 66 ef                 out  %ax,(%dx)
     * ef                    out  %eax,(%dx)
     * ed                    in   (%dx),%eax
     * 83 c2 04              add  $4,%edx         what is four bytes wide reaches those between
     * 81 fa 00 00 01 00     cmp  $0x10000,%edx
     * 75 ed                 jne  1b
     * </pre>
     */
    @Test
    void garbageToEveryPortEndsInNothingButCounts() throws InterruptedException {
        String code = "ba000d0000" + "b0a5" + "ee" + "ec" + "66ef" + "ef" + "ed" + "83c204" + "81fa00000100" + "75ed"
                + PRINT_RING_POWER_OFF;
        try (KvmMachine vm = tiny(code)) {
            assertThat(vm.awaitExit(Duration.ofMinutes(2)).orElseThrow().kind()).isEqualTo(VmExit.Kind.CLEAN);
            assertThat(vm.usage().get(0).userExits()).isEqualTo(5L * (0x10000 - 0xd00) / 4 + 3);
            assertThat(vm.unclaimedPorts().reads()).isEqualTo(2L * (0x10000 - 0xd00) / 4);
            assertThat(vm.unclaimedPorts().writes()).isEqualTo(3L * (0x10000 - 0xd00) / 4);
        }
    }

    @Test
    void addressesOutsideRamReadAsOnesAndTakeWrites() throws InterruptedException {
        // a1 000000d0       mov  0xd0000000,%eax
        // a3 000000d0       mov  %eax,0xd0000000
        // 40                inc  %eax             all ones become 0
        // 75 fe             jnz  itself
        try (KvmMachine vm = tiny("a1000000d0" + "a3000000d0" + "40" + "75fe" + PRINT_RING_POWER_OFF)) {
            assertThat(vm.awaitExit(BOUND).orElseThrow().kind()).isEqualTo(VmExit.Kind.CLEAN);
            assertThat(vm.unclaimedMemory().reads()).isEqualTo(1);
            assertThat(vm.unclaimedMemory().writes()).isEqualTo(1);
            assertThat(vm.usage().get(0).userExits()).isEqualTo(5);
        }
    }

    @Test
    void aWatchpointOnTheCounterIsHitAndCanBeTakenOff() throws InterruptedException {
        assumeTrue(KvmProbe.probe().usable(), "SKIPPED: this KVM emulates, and has no debug registers");
        BlockingQueue<Breakpoint.Hit> hits = new LinkedBlockingQueue<>();
        Breakpoint counter = new Breakpoint(MachineLayout.SHM_BASE, Breakpoint.Kind.WRITE, 4);
        try (KvmMachine vm = micro()) {
            vm.setBreakpoints(List.of(counter), hits::add);
            Breakpoint.Hit hit = hits.poll(BOUND.toSeconds(), TimeUnit.SECONDS);
            assertThat(hit).isNotNull();
            assertThat(hit.breakpoint()).isEqualTo(counter);
            assertThat(hit.rip()).isBetween(0x100000L, 0x101000L);
            vm.setBreakpoints(List.of(), hits::add);
            hits.clear();
            MicroGuest.awaitCounting(vm);
            assertThat(hits).isEmpty();
        }
    }

    @Test
    void aBreakpointOnTheLoopIsHitOncePerTurn() throws InterruptedException {
        assumeTrue(KvmProbe.probe().usable(), "SKIPPED: this KVM emulates, and has no debug registers");
        BlockingQueue<Breakpoint.Hit> hits = new LinkedBlockingQueue<>();
        // 40: inc %eax; eb fd: jmp to it
        try (KvmMachine vm = tiny("40ebfd")) {
            vm.setBreakpoints(List.of(new Breakpoint(TinyGuest.ENTRY, Breakpoint.Kind.EXECUTE, 1)), hits::add);
            for (int i = 0; i < 3; i++) {
                Breakpoint.Hit hit = hits.poll(BOUND.toSeconds(), TimeUnit.SECONDS);
                assertThat(hit).isNotNull();
                assertThat(hit.rip()).isEqualTo(TinyGuest.ENTRY);
            }
        }
    }

    @Test
    void theWorkingFolderSaysWhatTheMachineWasAndDid() throws InterruptedException {
        try (KvmMachine vm = tiny(PRINT_RING_POWER_OFF)) {
            assertThat(vm.awaitExit(BOUND)).isPresent();
            assertThat(workDir.resolve(KvmBackend.DESCRIPTION))
                    .content()
                    .startsWith("kvm: topology 1n1l1c1t")
                    .contains("vcpu 0: ", "3 exits to this process");
        }
    }

    /** fa: cli; f4: hlt; eb fd: jmp back. A halted vCPU stays in the kernel, which serves nobody else meanwhile. */
    @Test
    void theUsageOfAHaltedGuestIsReadWhileItRuns() {
        try (KvmMachine vm = tiny("faf4ebfd")) {
            assertThat(vm.usage())
                    .hasSize(1)
                    .allSatisfy(u -> assertThat(u.cpu()).isZero());
        }
    }

    @Test
    void moreCpusThanKvmAllowsAreRefusedWithBothNumbers() {
        assertThatThrownBy(() -> tiny("1n16l256c1t", PRINT_RING_POWER_OFF))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("4096 CPUs")
                .hasMessageContaining("allows");
    }

    @Test
    void moreRamThanThereIsIsRefusedBeforeAnyIsTaken() throws IOException {
        long before = descriptors();
        VmSpec spec = TinyGuest.spec(workDir, "1n1l1c1t", PRINT_RING_POWER_OFF);
        VmSpec petabyte = new VmSpec(
                spec.kernel(), spec.initramfs(), spec.topology(), 1 << 30, spec.kernelArgs(), spec.workDir());
        assertThatThrownBy(() -> new KvmBackend().start(petabyte))
                .isInstanceOf(VmException.class)
                .hasMessageContaining((1 << 30) + " MiB of RAM was asked for")
                .hasMessageContaining("MiB more (");
        assertThat(descriptors()).isEqualTo(before);
    }

    @Test
    void anInitramfsLargerThanTheGuestIsRefusedAndLeavesNothing() throws IOException {
        long before = descriptors();
        VmSpec spec = TinyGuest.spec(workDir, "1n1l1c1t", PRINT_RING_POWER_OFF);
        try (RandomAccessFile sparse = new RandomAccessFile(spec.initramfs().toFile(), "rw")) {
            sparse.setLength(300L << 20);
        }
        assertThatThrownBy(() -> new KvmBackend().start(spec))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("initramfs of " + (300 << 10) + " KiB does not fit");
        assertThat(descriptors()).isEqualTo(before);
    }

    @Test
    void aCutKernelIsRefusedAndLeavesNothing() throws IOException {
        long before = descriptors();
        Path kernel = workDir.resolve("tiny.elf");
        var spec = TinyGuest.spec(workDir, "1n1l1c1t", PRINT_RING_POWER_OFF);
        byte[] whole = Files.readAllBytes(kernel);
        // A file long enough to be looked at, whose program header names bytes that are not there.
        Files.write(kernel, bytesWithLoadBeyondTheEnd(whole));
        assertThatThrownBy(() -> new KvmBackend().start(spec))
                .isInstanceOf(VmException.class)
                .hasMessageContaining(kernel.toString());
        assertThat(descriptors()).isEqualTo(before);
    }

    private static byte[] bytesWithLoadBeyondTheEnd(byte[] whole) {
        byte[] bytes = whole.clone();
        bytes[64 + 32 + 3] = 0x7f; // p_filesz
        bytes[64 + 40 + 3] = 0x7f; // p_memsz
        return bytes;
    }

    @Test
    void aHundredMachinesLeaveNoDescriptorMappingOrThread() throws InterruptedException {
        tiny(PRINT_RING_POWER_OFF).close();
        long descriptors = descriptors();
        long mappings = mappings();
        for (int i = 0; i < 100; i++) {
            try (KvmMachine vm = tiny(i % 4 == 0 ? "ebfe" : PRINT_RING_POWER_OFF)) {
                if (i % 4 != 0) {
                    assertThat(vm.awaitExit(BOUND)).isPresent();
                }
            }
        }
        assertThat(descriptors()).isEqualTo(descriptors);
        assertThat(mappings()).isEqualTo(mappings);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("ktstr-"));
    }

    /** Descriptors of KVM and of guest RAM. */
    private static long descriptors() {
        try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
            return fds.filter(KvmMachineTest::ours).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ours(Path fd) {
        try {
            String target = Files.readSymbolicLink(fd).toString();
            return target.contains("kvm") || target.contains("memfd:ktstr") || target.endsWith(KvmBackend.CONSOLE);
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }

    private static long mappings() {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.contains("kvm-vcpu") || line.contains("memfd:ktstr"))
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
