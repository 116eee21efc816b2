package dev.ktstr.vm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.VmException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostSlotsTest {
    private static final Duration AT_ONCE = Duration.ZERO;
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private HostSlots slots(int machines, int cpus, int availableMb) {
        return new HostSlots(folder, new HostSlots.Limits(machines, cpus), () -> availableMb);
    }

    private static HostSlots.Demand demand(int cpus, int memoryMb) {
        return new HostSlots.Demand(cpus, memoryMb);
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString())
                    .filter(name -> name.endsWith(".slot"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void asManyRunAsTheLimitSaysAndTheNextIsTurnedAwayInBoundedTimeWithWhoRuns() throws Exception {
        HostSlots slots = slots(2, 100, 10_000);
        try (HostSlots.Slot one = slots.acquire(demand(1, 100), AT_ONCE);
                HostSlots.Slot two = slots.acquire(demand(1, 100), AT_ONCE)) {
            assertThat(one).isNotSameAs(two);
            assertThatThrownBy(() -> slots.acquire(demand(1, 100), AT_ONCE))
                    .isInstanceOf(VmException.class)
                    .hasMessageContaining("1 CPUs, 100 MiB")
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(files()).hasSize(2);
        }
        assertThat(files()).isEmpty();
        slots.acquire(demand(1, 100), AT_ONCE).close();
    }

    @Test
    void cpusAndRamAreCountedBeforeAMachineStarts() throws Exception {
        HostSlots slots = slots(10, 4, 1000);
        try (HostSlots.Slot one = slots.acquire(demand(2, 400), AT_ONCE)) {
            assertThat(one).isNotNull();
            assertThatThrownBy(() -> slots.acquire(demand(3, 10), AT_ONCE)).isInstanceOf(VmException.class);
            assertThatThrownBy(() -> slots.acquire(demand(1, 601), AT_ONCE)).isInstanceOf(VmException.class);
            slots.acquire(demand(2, 600), AT_ONCE).close();
        }
    }

    @Test
    void whatCanWaitGoesInOnlyBesideOthersAndOnlyIntoRoomThatNobodyWaitsFor() throws Exception {
        HostSlots slots = slots(3, 3, 1000);
        assertThat(slots.beside(demand(1, 1))).as("nothing runs").isEmpty();
        try (HostSlots.Slot running = slots.acquire(demand(1, 500), AT_ONCE)) {
            assertThat(running).isNotNull();
            assertThat(slots.beside(demand(3, 1))).as("too many CPUs").isEmpty();
            assertThat(slots.beside(demand(1, 501))).as("too much RAM").isEmpty();
            HostSlots.Slot beside = slots.beside(demand(1, 100)).orElseThrow();
            // Whoever comes now finds it counted.
            assertThatThrownBy(() -> slots.acquire(demand(2, 1), AT_ONCE)).isInstanceOf(VmException.class);
            CompletableFuture<Void> waiter = waiter(slots, demand(2, 1), "waiter", new ArrayList<>());
            awaitFiles(3);
            assertThat(slots.beside(demand(1, 1))).as("somebody waits").isEmpty();
            beside.close();
            waiter.get(30, TimeUnit.SECONDS);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void nothingGoesInBesideAMachineThatHasCpusOfItsOwn() throws Exception {
        HostSlots slots = pinning(6);
        try (HostSlots.Slot alone = slots.acquire(pinned("1n1l1c1t", 1), AT_ONCE)) {
            assertThat(alone.pinned()).isPresent();
            assertThat(slots.beside(demand(1, 1))).isEmpty();
        }
    }

    @Test
    void aMachineThatIsAloneMayAlwaysRun() throws Exception {
        slots(1, 1, 10).acquire(demand(64, 100_000), AT_ONCE).close();
    }

    @Test
    void whoComesFirstGoesFirstThoughALaterOneWouldFit() throws Exception {
        HostSlots slots = slots(10, 4, 10_000);
        List<String> order = Collections.synchronizedList(new ArrayList<>());
        HostSlots.Slot running = slots.acquire(demand(2, 1), AT_ONCE);
        CompletableFuture<Void> large = waiter(slots, demand(4, 1), "large", order);
        awaitFiles(2);
        CompletableFuture<Void> small = waiter(slots, demand(1, 1), "small", order);
        awaitFiles(3);
        assertThat(order).isEmpty();
        running.close();
        large.get(30, TimeUnit.SECONDS);
        small.get(30, TimeUnit.SECONDS);
        assertThat(order).containsExactly("large", "small");
        assertThat(files()).isEmpty();
    }

    private static CompletableFuture<Void> waiter(
            HostSlots slots, HostSlots.Demand demand, String name, List<String> order) {
        return CompletableFuture.runAsync(() -> {
            try (HostSlots.Slot slot = slots.acquire(demand, LONG)) {
                assertThat(slot).isNotNull();
                order.add(name);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    private void awaitFiles(int count) throws IOException {
        long deadline = System.nanoTime() + LONG.toNanos();
        while (files().size() < count) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void neverMoreThanTheLimitRunAtOnce() throws Exception {
        HostSlots slots = slots(3, 100, 10_000);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(CompletableFuture.runAsync(
                    () -> {
                        try (HostSlots.Slot slot = slots.acquire(demand(1, 1), LONG)) {
                            assertThat(slot).isNotNull();
                            most.accumulateAndGet(running.incrementAndGet(), Math::max);
                            running.decrementAndGet();
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    },
                    task -> new Thread(task, "variant").start()));
        }
        for (CompletableFuture<Void> one : all) {
            one.get(60, TimeUnit.SECONDS);
        }
        assertThat(most.get()).isBetween(1, 3);
        assertThat(files()).isEmpty();
    }

    private HostSlots pinning(int hostCpus) {
        HostCpus host = new HostCpus(IntStream.range(0, hostCpus)
                .mapToObj(id -> new HostCpus.Cpu(id, id, 0))
                .toList());
        return new HostSlots(folder, new HostSlots.Limits(10, 100), () -> 10_000, () -> host);
    }

    private static HostSlots.Demand pinned(String topology, int cpus) {
        return new HostSlots.Demand(cpus, 1, Optional.of(CpuTopology.parse(topology)));
    }

    @Test
    void aPinnedMachineHasItsCpusAloneAndTheRestOfTheHostIsNotPromisedTwice() throws Exception {
        HostSlots slots = pinning(6);
        try (HostSlots.Slot one = slots.acquire(pinned("1n1l2c1t", 3), AT_ONCE);
                HostSlots.Slot two = slots.acquire(pinned("1n1l1c1t", 2), AT_ONCE)) {
            assertThat(one.pinned().orElseThrow().cpus()).containsExactly(0, 1);
            assertThat(two.pinned().orElseThrow().cpus()).containsExactly(2);
            assertThatThrownBy(() -> slots.acquire(demand(2, 1), AT_ONCE))
                    .as("six CPUs, of which five are promised, though the limit is a hundred")
                    .hasMessageContaining("alone on the CPUs [0, 1]");
            try (HostSlots.Slot three = slots.acquire(demand(1, 1), AT_ONCE)) {
                assertThat(three.pinned()).isEmpty();
                assertThatThrownBy(() -> slots.acquire(pinned("1n1l1c1t", 2), AT_ONCE))
                        .isInstanceOf(VmException.class);
            }
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void moreCpusOfItsOwnThanThereAreIsAnErrorAtOnce() throws Exception {
        assertThatThrownBy(() -> pinning(2).acquire(pinned("1n1l4c1t", 5), LONG))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("4 vCPUs cannot have a host CPU for each: this process may use 2");
        assertThat(files()).isEmpty();
    }

    @Test
    void aPlaceLeftByAKilledProcessIsTaken() throws Exception {
        Files.writeString(folder.resolve("0000000000000000007.slot"), "running 4 100000 1");
        Files.writeString(folder.resolve("nonsense.slot"), "?");
        try (HostSlots.Slot slot = slots(1, 1, 1).acquire(demand(1, 1), AT_ONCE)) {
            assertThat(slot).isNotNull();
            assertThat(files()).hasSize(1).doesNotContain("0000000000000000007.slot", "nonsense.slot");
        }
    }

    @Test
    void oneWhoGivesUpIsNotInTheWayOfTheNext() throws Exception {
        HostSlots slots = slots(2, 4, 10_000);
        try (HostSlots.Slot one = slots.acquire(demand(2, 1), AT_ONCE)) {
            assertThat(one).isNotNull();
            assertThatThrownBy(() -> slots.acquire(demand(4, 1), AT_ONCE)).isInstanceOf(VmException.class);
            slots.acquire(demand(2, 1), AT_ONCE).close();
        }
    }
}
