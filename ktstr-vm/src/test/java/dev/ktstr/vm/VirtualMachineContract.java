package dev.ktstr.vm;

import static dev.ktstr.vm.MicroGuest.BOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ktstr.vm.host.HostCpus;
import dev.ktstr.vm.host.PinnedMachine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every backend's machine does. Each backend's test inherits it. */
public abstract class VirtualMachineContract {
    @TempDir
    protected Path workDir;

    private VirtualMachine vm;

    protected abstract Backend backend();

    /** Boots the micro-guest and waits until it runs. */
    protected VirtualMachine boot(String topology, int memoryMb) {
        vm = backend().start(MicroGuest.spec(workDir, topology, memoryMb));
        MicroGuest.awaitReady(vm);
        return vm;
    }

    private VirtualMachine boot() {
        return boot("1n1l1c1t", 256);
    }

    protected VmExit end() throws InterruptedException {
        return vm.awaitExit(BOUND).orElseThrow();
    }

    @AfterEach
    void closeTheMachine() {
        if (vm != null) {
            vm.close();
        }
    }

    @Test
    void saysWhatItRunsAndOnWhichBackend() {
        boot();
        assertThat(vm.spec().memoryMb()).isEqualTo(256);
        assertThat(vm.backend()).isEqualTo(backend().name());
        assertThat(vm.description()).isNotBlank();
        assertThat(vm.exit()).isEmpty();
    }

    @Test
    void everyVcpuHasALivingThreadOfTheHostUntilTheGuestEnds() throws InterruptedException {
        boot("1n1l2c1t", 256);
        assertThat(vm.vcpuThreads())
                .hasSize(2)
                .allMatch(tid -> Files.isReadable(Path.of("/proc/" + tid + "/schedstat")));
        MicroGuest.send(vm, "p");
        end();
        assertThat(vm.vcpuThreads()).isEmpty();
    }

    @Test
    void vcpuThreadsCanBeGivenCpusOfTheHostOfTheirOwn() throws IOException, InterruptedException {
        boot("1n1l2c1t", 256);
        List<Integer> cpus =
                HostCpus.here().cpus().stream().map(HostCpus.Cpu::id).limit(2).toList();
        assumeTrue(cpus.size() == 2, "needs two CPUs");
        List<Integer> turned = List.of(cpus.get(1), cpus.get(0));
        PinnedMachine pinned = PinnedMachine.pin(vm, turned);
        List<Long> threads = vm.vcpuThreads();
        for (int i = 0; i < 2; i++) {
            assertThat(Files.readString(Path.of("/proc/" + threads.get(i) + "/status")))
                    .contains("Cpus_allowed_list:\t" + turned.get(i) + "\n");
            // Field 41 of proc_pid_stat(5), the 39th behind the name: the policy, 1 for SCHED_FIFO.
            String stat = Files.readString(Path.of("/proc/" + threads.get(i) + "/stat"));
            assertThat(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1)[38])
                    .isEqualTo(pinned.realTime() ? "1" : "0");
        }
        MicroGuest.awaitCounting(vm);
        MicroGuest.send(vm, "p");
        end();
        assertThat(PinnedMachine.pin(vm, turned).cpus())
                .as("of a guest that has ended")
                .isEqualTo(turned);
    }

    @Test
    void ramIsSharedBothWaysWhileTheGuestRuns() {
        boot();
        MicroGuest.awaitCounting(vm);
        assertThat(MicroGuest.ask(vm, 41)).isEqualTo(42);
    }

    @Test
    void com2CarriesBytesBothWaysInOrder() {
        boot();
        MicroGuest.send(vm, "ABCKLM0123456789");
        StringBuilder back = new StringBuilder();
        for (int i = 0; i < 16; i++) {
            back.append((char) MicroGuest.receive(vm));
        }
        assertThat(back).hasToString("BCDLMN123456789:");
    }

    @Test
    void readingCom2GivesZeroWhenTheTimePasses() throws IOException {
        boot();
        assertThat(vm.control().read(ByteBuffer.allocate(8), Duration.ofMillis(20)))
                .isZero();
    }

    @Test
    void aRingBeforeAnyoneWaitsIsNotLost() throws InterruptedException {
        boot();
        MicroGuest.send(vm, "dA");
        // The echo comes after the ring, so it has rung before anyone waits.
        assertThat(MicroGuest.receive(vm)).isEqualTo('B');
        assertThat(vm.doorbell().await(BOUND)).isEqualTo(Doorbell.Signal.RUNG);
        assertThat(vm.doorbell().await(Duration.ofMillis(20))).isEqualTo(Doorbell.Signal.TIMEOUT);
        MicroGuest.send(vm, "d");
        assertThat(vm.doorbell().await(BOUND)).isEqualTo(Doorbell.Signal.RUNG);
    }

    @Test
    void aFrozenGuestStandsStillAndGoesOnWhenResumed() {
        boot();
        MicroGuest.awaitCounting(vm);
        vm.freeze();
        vm.freeze();
        int frozen = MicroGuest.counter(vm);
        for (int i = 0; i < 200_000; i++) {
            assertThat(MicroGuest.counter(vm)).isEqualTo(frozen);
        }
        vm.resume();
        vm.resume();
        MicroGuest.awaitCounting(vm);
    }

    @Test
    protected void everyWriteToAWatchedWordStopsTheGuestRightAfterItAndNoneAfterThat() throws InterruptedException {
        boot("1n1l2c1t", 256);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        Watchpoint answer = new Watchpoint(MicroGuest.ANSWER, 4);
        vm.watch(List.of(answer), hit -> {
            int counted = MicroGuest.counter(vm);
            int written = vm.memory().getIntAcquire(MicroGuest.ANSWER);
            long rip = vm.registers().get(hit.cpu()).values().get("rip");
            // Others may freeze and resume meanwhile: the guest stands still all the same.
            vm.freeze();
            vm.resume();
            boolean still = MicroGuest.counter(vm) == counted && rip >= 0x100000 && rip < 0x101000;
            seen.add(written + (hit.watchpoint().equals(answer) && still ? "" : " at " + Long.toHexString(rip)));
        });
        for (int i = 1; i <= 5; i++) {
            assertThat(MicroGuest.ask(vm, 10 * i)).isEqualTo(10 * i + 1);
            assertThat(seen.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(String.valueOf(10 * i + 1));
            MicroGuest.awaitCounting(vm);
        }
        vm.watch(List.of(), hit -> seen.add("after the end"));
        assertThat(MicroGuest.ask(vm, 60)).isEqualTo(61);
        MicroGuest.awaitCounting(vm);
        assertThat(seen).isEmpty();
    }

    @Test
    protected void aFreezeInAHitHoldsTheGuestUntilItIsResumedAndWatchpointsCanBeReplacedThere()
            throws InterruptedException {
        boot();
        BlockingQueue<Watchpoint> seen = new LinkedBlockingQueue<>();
        Watchpoint counter = new Watchpoint(MachineLayout.SHM_BASE, 4);
        Watchpoint answer = new Watchpoint(MicroGuest.ANSWER, 4);
        vm.freeze();
        vm.watch(List.of(counter, answer), hit -> {
            vm.freeze();
            vm.watch(List.of(answer), next -> seen.add(next.watchpoint()));
            seen.add(hit.watchpoint());
        });
        vm.resume();
        assertThat(seen.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(counter);
        int held = MicroGuest.counter(vm);
        for (int i = 0; i < 200_000; i++) {
            assertThat(MicroGuest.counter(vm)).isEqualTo(held);
        }
        vm.resume();
        MicroGuest.ask(vm, 1);
        assertThat(seen.poll(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(answer);
        MicroGuest.awaitCounting(vm);
        assertThat(seen).isEmpty();
    }

    @Test
    void aFifthWatchpointIsRefusedAndAGuestThatHasEndedTakesNone() {
        boot();
        Watchpoint one = new Watchpoint(MachineLayout.SHM_BASE, 8);
        assertThatThrownBy(() -> vm.watch(Collections.nCopies(5, one), hit -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("5 watchpoints were given, and a CPU has 4");
        assertThatThrownBy(() -> new Watchpoint(MachineLayout.SHM_BASE + 2, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at a multiple of that");
        vm.kill();
        assertThatThrownBy(() -> vm.watch(List.of(one), hit -> {})).isInstanceOf(VmException.class);
    }

    @Test
    void registersOfAllVcpusAreRead() {
        boot("1n1l2c1t", 256);
        vm.freeze();
        assertThat(vm.registers()).extracting(VcpuRegisters::cpu).containsExactly(0, 1);
        assertThat(vm.registers().get(0).values().get("rip")).isBetween(0x100000L, 0x101000L);
        assertThat(vm.registers().get(0).values()).containsKeys("rax", "rsp", "rflags", "cr3", "gs_base");
    }

    @Test
    void com1GoesToTheConsoleFile() {
        boot();
        assertThat(vm.console()).hasContent("micro-guest\n");
    }

    @Test
    void aPowerOffIsClean() throws InterruptedException {
        boot();
        MicroGuest.send(vm, "p");
        assertThat(end().kind()).isEqualTo(VmExit.Kind.CLEAN);
        assertThat(vm.doorbell().await(BOUND)).isEqualTo(Doorbell.Signal.ENDED);
    }

    @Test
    protected void aTripleFaultIsAReset() throws InterruptedException {
        boot();
        MicroGuest.send(vm, "t");
        assertThat(end().kind()).isEqualTo(VmExit.Kind.RESET);
    }

    @Test
    protected void aResetAfterAPanicIsAPanicWithItsLine() throws InterruptedException {
        boot();
        MicroGuest.send(vm, "x");
        assertThat(end()).isEqualTo(new VmExit(VmExit.Kind.PANIC, "Kernel panic - not syncing: asked for"));
    }

    @Test
    void aHaltedGuestRunsUntilItIsKilled() throws InterruptedException, IOException {
        boot();
        MicroGuest.send(vm, "h");
        assertThat(vm.awaitExit(Duration.ofMillis(50))).isEmpty();
        vm.kill();
        vm.kill();
        assertThat(vm.exit().orElseThrow().kind()).isEqualTo(VmExit.Kind.KILLED);
        assertThat(vm.control().read(ByteBuffer.allocate(1), BOUND)).isEqualTo(-1);
        assertThatThrownBy(() -> vm.control().write(ByteBuffer.wrap(new byte[] {1}), BOUND))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(vm::freeze).isInstanceOf(VmException.class);
    }

    @Test
    void killingAfterTheEndDoesNotChangeHowItEnded() throws InterruptedException {
        boot();
        MicroGuest.send(vm, "p");
        end();
        vm.kill();
        assertThat(vm.exit().orElseThrow().kind()).isEqualTo(VmExit.Kind.CLEAN);
    }

    @Test
    void closingTwiceIsHarmlessAndTheFilesStay() {
        boot();
        vm.close();
        vm.close();
        assertThat(vm.exit().orElseThrow().kind()).isEqualTo(VmExit.Kind.KILLED);
        assertThat(Files.exists(vm.console())).isTrue();
        assertThatThrownBy(() -> MicroGuest.counter(vm)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingWakesWhoeverWaits() throws Exception {
        boot();
        CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
            try {
                return vm.control().read(ByteBuffer.allocate(1), Duration.ofMinutes(10));
            } catch (IOException e) {
                return -2;
            }
        });
        CompletableFuture<Doorbell.Signal> listener = CompletableFuture.supplyAsync(() -> {
            try {
                return vm.doorbell().await(Duration.ofMinutes(10));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        vm.close();
        assertThat(reader.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(-1);
        assertThat(listener.get(BOUND.toSeconds(), TimeUnit.SECONDS)).isEqualTo(Doorbell.Signal.ENDED);
    }

    @Test
    void numaNodesAndRamAbove4GiBAreOneAddressSpace() {
        boot("2n2l1c1t", 6144);
        long high = 4L << 30;
        long top = high + (3L << 30);
        GuestMemory memory = vm.memory();
        assertThat(memory.size()).isEqualTo(6144L << 20);
        assertThat(memory.contains(0, 3L << 30)).isTrue();
        assertThat(memory.contains(3L << 30, 1)).isFalse();
        assertThat(memory.contains(high, 3L << 30)).isTrue();
        assertThat(memory.contains(top, 1)).isFalse();
        assertThat(MicroGuest.ask(vm, 6)).isEqualTo(7);
    }
}
