package dev.ktstr.vm.kvm.cpuid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.spec.CpuTopology;
import dev.ktstr.vm.kvm.cpuid.GuestCpuid.Options;
import dev.ktstr.vm.kvm.machine.ApicIds;
import dev.ktstr.vm.kvm.machine.Presets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Decodes the leaves as Linux does. {@link CpuidToolTest} has them decoded by others. */
class GuestCpuidTest {
    static final List<String> HOSTS =
            List.of("amd-zen1", "amd-zen4", "hygon", "intel-skylake", "intel-sapphire-rapids");

    static Stream<Arguments> hostsAndTopologies() {
        return HOSTS.stream().flatMap(h -> Presets.allAndRandom().map(t -> Arguments.of(h, t)));
    }

    private static GuestCpuid guest(String host, String topology, Options options) {
        return new GuestCpuid(RawCpuid.host(host), new ApicIds(CpuTopology.parse(topology)), options);
    }

    private static GuestCpuid guest(String host, String topology) {
        return guest(host, topology, Options.DEFAULT);
    }

    private static CpuidEntry leaf(List<CpuidEntry> leaves, int function, int index) {
        List<CpuidEntry> found = leaves.stream()
                .filter(e -> e.function() == function && e.index() == index)
                .toList();
        assertThat(found).as("leaf 0x%x.%d", function, index).hasSize(1);
        return found.get(0);
    }

    private static boolean has(List<CpuidEntry> leaves, int function) {
        return leaves.stream().anyMatch(e -> e.function() == function);
    }

    private static boolean amd(String host) {
        return !host.startsWith("intel");
    }

    @ParameterizedTest
    @MethodSource("hostsAndTopologies")
    void linuxSeesTheTopologyThatWasAskedFor(String host, CpuTopology t) {
        ApicIds ids = new ApicIds(t);
        GuestCpuid guest = new GuestCpuid(RawCpuid.host(host), ids, Options.DEFAULT);
        for (int cpu = 0; cpu < t.cpus(); cpu += 1 + cpu / 7) {
            List<CpuidEntry> leaves = guest.of(cpu);
            int topologyLeaf = !amd(host) && leaf(leaves, 0, 0).eax() >= 0x1f ? 0x1f : 0xb;
            CpuidEntry thread = leaf(leaves, topologyLeaf, 0);
            CpuidEntry core = leaf(leaves, topologyLeaf, 1);
            int id = thread.edx();
            assertThat(core.edx()).isEqualTo(id);
            assertThat(thread.ebx()).isEqualTo(t.threadsPerCore());
            assertThat(core.ebx()).isEqualTo(t.cpusPerLlc());
            assertThat(thread.ecx()).isEqualTo(0x100);
            assertThat(core.ecx()).isEqualTo(0x201);
            assertThat(leaf(leaves, topologyLeaf, 2).ecx()).isEqualTo(2);
            assertThat(id >> core.eax()).as("package").isEqualTo(cpu / t.cpusPerLlc());
            int inPackage = id & (1 << core.eax()) - 1;
            assertThat(inPackage >> thread.eax()).as("core").isEqualTo(cpu / t.threadsPerCore() % t.coresPerLlc());
            assertThat(id & (1 << thread.eax()) - 1).as("thread").isEqualTo(cpu % t.threadsPerCore());
            assertThat(leaf(leaves, 1, 0).ebx() >>> 24).as("8-bit id").isEqualTo(id & 0xff);
        }
    }

    /** {@code cacheinfo_amd_init_llc_id}, {@code get_cache_id} and {@code __cache_cpumap_setup} of Linux. */
    @ParameterizedTest
    @MethodSource("hostsAndTopologies")
    void cachesAreSharedByTheCpusThatTheTopologySays(String host, CpuTopology t) {
        ApicIds ids = new ApicIds(t);
        GuestCpuid guest = new GuestCpuid(RawCpuid.host(host), ids, Options.DEFAULT);
        int function = amd(host) ? 0x8000001d : 4;
        int[] sizes = {32 << 10, 32 << 10, 1 << 20, 32 << 20};
        int[] levels = {1, 1, 2, 3};
        for (int cpu = 0; cpu < t.cpus(); cpu += 1 + cpu / 7) {
            List<CpuidEntry> leaves = guest.of(cpu);
            for (int i = 0; i < 4; i++) {
                CpuidEntry cache = leaf(leaves, function, i);
                assertThat(cache.eax() & 0x1f).isEqualTo(i < 2 ? i + 1 : 3);
                assertThat(cache.eax() >> 5 & 7).isEqualTo(levels[i]);
                int line = (cache.ebx() & 0xfff) + 1;
                int ways = (cache.ebx() >>> 22) + 1;
                assertThat(line * ways * (cache.ecx() + 1)).isEqualTo(sizes[i]);
                int sharers = (cache.eax() >>> 14 & 0xfff) + 1;
                int shift = 32 - Integer.numberOfLeadingZeros(sharers - 1);
                int of = i < 3 ? ids.coreShift() : ids.packageShift();
                assertThat(shift).as("level %d", levels[i]).isEqualTo(of);
                assertThat(sharers).as("aligned groups").isEqualTo(1 << shift);
            }
            assertThat(leaf(leaves, function, 4).eax()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("hostsAndTopologies")
    void everyQuestionHasOneAnswerAndTheListAscends(String host, CpuTopology t) {
        GuestCpuid guest = new GuestCpuid(RawCpuid.host(host), new ApicIds(t), Options.DEFAULT);
        List<CpuidEntry> leaves = guest.of(t.cpus() - 1);
        Set<Long> questions = new HashSet<>();
        long last = -1;
        for (CpuidEntry e : leaves) {
            long question = Integer.toUnsignedLong(e.function()) << 16 | e.index();
            assertThat(questions.add(question)).as("0x%x", question).isTrue();
            assertThat(question).isGreaterThan(last);
            last = question;
        }
        assertThat(leaves).hasSizeLessThan(100);
    }

    @Test
    void anAmdPackageIsCountedTheAmdWay() {
        List<CpuidEntry> leaves = guest("amd-zen4", "2n4l3c2t").of(9);
        assertThat(leaf(leaves, 0x80000008, 0).ecx()).isEqualTo(3 << 12 | 5);
        assertThat(leaf(leaves, 0x80000008, 0).eax())
                .as("address sizes are the host's")
                .isEqualTo(0x303030);
        CpuidEntry place = leaf(leaves, 0x8000001e, 0);
        assertThat(place.eax()).isEqualTo(1 << 3 | 1 << 1 | 1);
        assertThat(place.ebx()).as("threads less one, core").isEqualTo(0x101);
        assertThat(place.ecx()).as("node is the LLC").isEqualTo(1);
        assertThat(leaf(leaves, 1, 0).ebx()).isEqualTo(11 << 24 | 6 << 16 | 8 << 8);
        assertThat(leaf(leaves, 0x80000001, 0).ecx() & (1 << 22 | 1 << 1)).isEqualTo(1 << 22 | 1 << 1);
        assertThat(leaf(leaves, 0x80000005, 0).ecx()).isEqualTo(0x20080140);
        assertThat(leaf(leaves, 0x80000006, 0).ecx()).as("1 MiB, 8 ways").isEqualTo(0x04006140);
        assertThat(leaf(leaves, 0x80000006, 0).edx()).as("32 MiB, 16 ways").isEqualTo(64 << 18 | 8 << 12 | 0x140);
        assertThat(has(leaves, 4)).isFalse();
        assertThat(has(leaves, 0x1f)).isFalse();
    }

    @Test
    void anIntelPackageIsCountedTheIntelWay() {
        List<CpuidEntry> leaves = guest("intel-sapphire-rapids", "2n4l3c2t").of(9);
        assertThat(leaf(leaves, 4, 0).eax()).as("4 core ids, 2 sharers").isEqualTo(3 << 26 | 1 << 14 | 0x121);
        assertThat(leaf(leaves, 4, 3).eax()).as("4 core ids, 8 sharers").isEqualTo(3 << 26 | 7 << 14 | 0x163);
        assertThat(leaf(leaves, 1, 0).ebx()).isEqualTo(11 << 24 | 8 << 16 | 8 << 8);
        assertThat(leaf(leaves, 2, 0).eax()).isEqualTo(0x00ff0001);
        assertThat(leaf(leaves, 0x1f, 1).eax()).isEqualTo(3);
        assertThat(leaf(leaves, 0x80000008, 0).ecx()).isZero();
        assertThat(has(leaves, 0x8000001d)).isFalse();
        assertThat(has(leaves, 0x8000001e)).isFalse();
        assertThat(has(guest("intel-skylake", "2n4l3c2t").of(9), 0x1f)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"amd-zen1", "hygon"})
    void cpusWhoseCacheLeavesLinuxIgnoresAreShownAsTheNextModel(String host) {
        List<CpuidEntry> leaves = guest(host, "1n2l4c1t").of(0);
        assertThat(leaf(leaves, 1, 0).eax() & ~0xf).isEqualTo(0x00820f00);
        assertThat(leaf(leaves, 0x80000001, 0).eax() & ~0xf).isEqualTo(0x00820f00);
        assertThat(leaf(leaves, 0, 0).ebx()).isEqualTo(0x68747541);
        assertThat(leaf(leaves, 0x80000000, 0).edx()).isEqualTo(0x69746e65);
        assertThat(leaf(leaves, 0x80000000, 0).ecx()).isEqualTo(0x444d4163);
    }

    @Test
    void otherCpusKeepTheirSignature() {
        assertThat(leaf(guest("amd-zen4", "1n1l1c1t").of(0), 1, 0).eax()).isEqualTo(0x00a10f11);
        assertThat(leaf(guest("intel-skylake", "1n1l1c1t").of(0), 1, 0).eax()).isEqualTo(0x00050654);
    }

    @Test
    void featuresOfTheHostAloneAreTakenAway() {
        List<CpuidEntry> leaves = guest("intel-skylake", "1n1l1c1t").of(0);
        int ecx = leaf(leaves, 1, 0).ecx();
        assertThat(ecx & (1 << 3 | 1 << 5 | 1 << 15 | 1 << 27))
                .as("MONITOR VMX PDCM OSXSAVE")
                .isZero();
        assertThat(ecx & 1 << 31).as("hypervisor").isNotZero();
        assertThat(ecx & 1 << 21).as("x2APIC").isNotZero();
        assertThat(ecx & 1 << 24).as("TSC deadline").isNotZero();
        assertThat(leaf(leaves, 1, 0).edx() & 1 << 28).as("HTT of a single CPU").isZero();
        assertThat(leaf(guest("intel-skylake", "1n1l2c1t").of(0), 1, 0).edx() & 1 << 28)
                .isNotZero();
        assertThat(has(leaves, 5)).as("MWAIT").isFalse();
        assertThat(has(leaves, 0xa)).as("PMU").isFalse();
        assertThat(leaf(leaves, 7, 0)).as("leaf 7 as it is").isEqualTo(leaf(RawCpuid.host("intel-skylake"), 7, 0));
        List<CpuidEntry> amd = guest("amd-zen1", "1n1l1c1t").of(0);
        assertThat(leaf(amd, 0x80000001, 0).ecx() & 1 << 2).as("SVM").isZero();
        assertThat(has(amd, 0x8000000a)).isFalse();
    }

    @Test
    void choicesOfTheMachineAreFollowed() {
        Options options = new Options(CacheModel.DEFAULT, false, true, true);
        List<CpuidEntry> leaves = guest("intel-skylake", "1n1l1c1t", options).of(0);
        assertThat(has(leaves, 0xa)).isTrue();
        assertThat(leaf(leaves, 1, 0).ecx() & 1 << 15).isNotZero();
        assertThat(leaf(guest("amd-zen1", "1n1l1c1t", options).of(0), 1, 0).ecx() & 1 << 24)
                .as("TSC deadline where neither KVM lists it nor we add it")
                .isZero();
        assertThat(leaf(leaves, 0x40000001, 0).edx()).isEqualTo(1);
    }

    @Test
    void kvmsClockAndStealTimeStayAndAsynchronousFaultsGo() {
        CpuidEntry features = leaf(guest("amd-zen4", "1n2l2c1t").of(1), 0x40000001, 0);
        int clocks = 1 | 1 << 3 | 1 << 24;
        assertThat(features.eax() & clocks).isEqualTo(clocks);
        assertThat(features.eax() & 1 << 5).as("steal time").isNotZero();
        assertThat(features.eax() & (1 << 4 | 1 << 10 | 1 << 14))
                .as("async page faults")
                .isZero();
        assertThat(features.eax() & 1 << 15).as("extended destination").isZero();
        assertThat(features.edx()).isZero();
        assertThat(leaf(guest("amd-zen4", "1n14l18c1t").of(251), 0x40000001, 0).eax() & 1 << 15)
                .isNotZero();
    }

    @Test
    void withoutKvmsLeavesThereIsNoParavirtualization() {
        List<CpuidEntry> host = new ArrayList<>(RawCpuid.host("amd-zen4"));
        host.removeIf(e -> e.function() >>> 24 == 0x40);
        List<CpuidEntry> leaves =
                new GuestCpuid(host, new ApicIds(CpuTopology.parse("1n1l1c1t")), Options.DEFAULT).of(0);
        assertThat(has(leaves, 0x40000000)).isFalse();
        assertThat(has(leaves, 0x40000001)).isFalse();
    }

    @Test
    void aHostWithoutLeafZeroIsRefused() {
        assertThatThrownBy(() -> new GuestCpuid(List.of(), new ApicIds(CpuTopology.parse("1n1l1c1t")), Options.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lacks leaf 0");
    }

    @Test
    void aCacheThatCpuidCannotTellIsRefused() {
        assertThatThrownBy(() -> new CacheModel.Cache(48 << 10, 12)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new CacheModel.Cache(1000, 8)).isInstanceOf(IllegalArgumentException.class);
    }
}
