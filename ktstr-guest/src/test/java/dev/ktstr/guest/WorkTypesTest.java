package dev.ktstr.guest;

import static dev.ktstr.guest.wire.WorkKind.CACHE_PIPE;
import static dev.ktstr.guest.wire.WorkKind.FAN_OUT_COMPUTE;
import static dev.ktstr.guest.wire.WorkKind.FUTEX_FAN_OUT;
import static dev.ktstr.guest.wire.WorkKind.FUTEX_PING_PONG;
import static dev.ktstr.guest.wire.WorkKind.PIPE_IO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.guest.wire.CloneMode;
import dev.ktstr.guest.wire.CpuList;
import dev.ktstr.guest.wire.HistogramBucket;
import dev.ktstr.guest.wire.WorkGroup;
import dev.ktstr.guest.wire.WorkKind;
import dev.ktstr.guest.wire.WorkParameters;
import dev.ktstr.guest.wire.WorkerReport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the work types do, on this machine: the agent's own objects, without a guest. */
class WorkTypesTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Set<WorkKind> SLEEPERS =
            EnumSet.of(WorkKind.BURSTY, WorkKind.IO_SYNC_WRITE, WorkKind.SEQUENCE);
    private static final Set<WorkKind> WAKERS =
            EnumSet.of(PIPE_IO, CACHE_PIPE, FUTEX_PING_PONG, FUTEX_FAN_OUT, FAN_OUT_COMPUTE);

    @TempDir
    private Path folder;

    private CrewDriver.Run run(WorkGroup group, String... actions) throws IOException {
        CrewDriver.Run run = new CrewDriver(folder)
                .start(group)
                .then("release:0")
                .then(actions)
                .then("stop:1500", "report:0")
                .run();
        assertThat(run.lines()).contains("stopped: all ended");
        assertThat(run.status()).isZero();
        return run;
    }

    private static void worked(WorkKind kind, WorkerReport report) {
        assertThat(report.error()).isEmpty();
        assertThat(report.completed()).isTrue();
        assertThat(report.workUnits()).isPositive();
        assertThat(report.iterations()).isPositive();
        assertThat(report.cpuTimeNs()).isPositive();
        assertThat(report.messenger())
                .isEqualTo(EnumSet.of(FUTEX_FAN_OUT, FAN_OUT_COMPUTE).contains(kind)
                        && report.index() % WorkGroups.groupSize(kind) == 0);
        wakesAreCounted(kind, report);
    }

    private static void wakesAreCounted(WorkKind kind, WorkerReport report) {
        assertThat(report.wakeBuckets().stream()
                        .mapToLong(HistogramBucket::count)
                        .sum())
                .isEqualTo(report.wakeCount());
        if (WAKERS.contains(kind) && !report.messenger()) {
            assertThat(report.wakeCount()).isEqualTo(report.iterations());
        } else if (SLEEPERS.contains(kind)) {
            assertThat(report.wakeCount()).isPositive();
        } else {
            assertThat(report.wakeCount()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(value = WorkKind.class, mode = EnumSource.Mode.EXCLUDE, names = "CUSTOM")
    void processesOfEachKindWorkAndEndSoonAfterTheStop(WorkKind kind) throws IOException {
        WorkGroup group = WorkGroups.of(kind, 2 * WorkGroups.groupSize(kind), CloneMode.PROCESS);
        assertThat(run(group, "worked:0:3").reports()).allSatisfy(report -> worked(kind, report));
    }

    @ParameterizedTest
    @EnumSource(value = WorkKind.class, mode = EnumSource.Mode.EXCLUDE, names = "CUSTOM")
    void threadsOfEachKindWorkAndEndSoonAfterTheStop(WorkKind kind) throws IOException {
        WorkGroup group = WorkGroups.of(kind, 2 * WorkGroups.groupSize(kind), CloneMode.THREAD);
        assertThat(run(group, "worked:0:3").reports()).allSatisfy(report -> worked(kind, report));
    }

    @ParameterizedTest
    @EnumSource(
            value = WorkKind.class,
            names = {"PIPE_IO", "CACHE_PIPE", "FUTEX_PING_PONG"})
    void partnersTakeTurns(WorkKind kind) throws IOException {
        List<WorkerReport> pair =
                run(WorkGroups.of(kind, 2, CloneMode.PROCESS), "worked:0:3").reports();
        assertThat(Math.abs(pair.get(0).iterations() - pair.get(1).iterations()))
                .isLessThanOrEqualTo(1);
    }

    /** One crew of each kind, all at work; then each crew's second worker meets its fate. */
    private CrewDriver fate(String action, List<WorkKind> kinds) throws IOException {
        CrewDriver driver = new CrewDriver(folder);
        for (WorkKind kind : kinds) {
            driver.start(WorkGroups.of(kind, WorkGroups.groupSize(kind), CloneMode.PROCESS));
        }
        for (String each : List.of("release:%d", "worked:%d:3", action + ":%d:1")) {
            for (int crew = 0; crew < kinds.size(); crew++) {
                driver.then(String.format(Locale.ROOT, each, crew));
            }
        }
        return driver;
    }

    private static CrewDriver reports(CrewDriver driver, List<WorkKind> kinds) {
        for (int crew = 0; crew < kinds.size(); crew++) {
            driver.then("report:" + crew);
        }
        return driver;
    }

    @Test
    void whosePartnerWasKilledWaitsWithoutAGapAndEndsSoonAfterTheStop() throws IOException {
        List<WorkKind> kinds = List.of(
                PIPE_IO,
                CACHE_PIPE,
                FUTEX_PING_PONG,
                FUTEX_FAN_OUT,
                FAN_OUT_COMPUTE,
                WorkKind.MUTEX_CONTENTION,
                WorkKind.SIGNAL_STORM);
        CrewDriver.Run run = reports(fate("kill", kinds).then("sleep:1500", "stop:1500"), kinds)
                .run();

        assertThat(run.lines()).containsExactly("stopped: all ended");
        assertThat(run.reports()).filteredOn(report -> report.index() == 1).allSatisfy(report -> {
            assertThat(report.completed()).isFalse();
            assertThat(report.waitStatus()).isEqualTo(9);
        });
        assertThat(run.reports()).filteredOn(report -> report.index() != 1).allSatisfy(report -> {
            assertThat(report.error()).isEmpty();
            assertThat(report.completed()).isTrue();
            assertThat(report.longestGapNs()).isLessThan(SECOND);
        });
    }

    @Test
    void aWorkerThatIsNeverRunAgainAfterItWasWokenHasTheGapAndItsPartnerHasNot() throws IOException {
        List<WorkKind> kinds = List.copyOf(WAKERS);
        CrewDriver.Run run = reports(fate("halt", kinds).then("sleep:1500", "stop:600"), kinds)
                .run();

        assertThat(run.lines()).containsExactly("stopped: some were killed");
        assertThat(run.reports()).filteredOn(report -> report.index() == 1).allSatisfy(report -> {
            assertThat(report.completed()).isFalse();
            // 2.1 s, but for the slice it may have been waiting in.
            assertThat(report.longestGapNs()).isGreaterThan(2 * SECOND - SECOND / 10);
        });
        assertThat(run.reports()).filteredOn(report -> report.index() != 1).allSatisfy(report -> {
            assertThat(report.completed()).isTrue();
            assertThat(report.longestGapNs()).isLessThan(SECOND);
        });
    }

    @Test
    void receiversGoOnWithoutOneThatDoesNotAnswer() throws IOException {
        List<WorkKind> kinds = List.of(FUTEX_FAN_OUT, FAN_OUT_COMPUTE);
        CrewDriver driver = fate("halt", kinds).then("sleep:200", "iterations:0", "iterations:1", "sleep:500");
        CrewDriver.Run run = reports(driver.then("stop:600"), kinds).run();

        List<Long> before = Stream.of(run.lines().get(0), run.lines().get(1))
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .map(Long::valueOf)
                .toList();
        assertThat(run.reports()).hasSameSizeAs(before);
        for (int i = 0; i < before.size(); i++) {
            if (i % 5 != 1) {
                // One that is waited for in vain costs 100 ms once, and not each round.
                assertThat(run.reports().get(i).iterations()).isGreaterThan(before.get(i) + 20);
            }
        }
    }

    @Test
    void percentilesOfTheHistogramAreThoseOfTheSamplesWithinAPercent() throws IOException {
        CrewDriver driver = new CrewDriver(folder, CrewDriver.Variant.RAW_WAKES)
                .start(WorkGroups.of(FUTEX_PING_PONG, 2, CloneMode.PROCESS))
                .start(WorkGroups.of(WorkKind.BURSTY, 2, CloneMode.PROCESS))
                .then("release:0", "release:1", "worked:0:5000", "worked:1:20", "stop:1500", "report:0", "report:1");
        CrewDriver.Run run = driver.run();
        assertThat(run.status()).isZero();

        long[] samples = samples(driver.rawWakes());
        long[] counts = new long[4353];
        run.reports().forEach(report -> report.wakeBuckets().forEach(b -> counts[b.index()] += b.count()));
        assertThat(samples).hasSizeGreaterThan(1000);
        assertThat(Arrays.stream(counts).sum()).isEqualTo(samples.length);
        for (double fraction : new double[] {0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1}) {
            int rank = (int) Math.ceil(fraction * samples.length);
            double exact = samples[rank - 1];
            assertThat(middle(bucket(counts, rank)))
                    .as("the fraction %s of %s", fraction, samples.length)
                    .isBetween(exact * 0.99, exact * 1.01);
        }
        assertThat(run.reports().stream().mapToLong(WorkerReport::wakeMaxNs).max())
                .hasValue(samples[samples.length - 1]);
        assertThat(run.reports().stream().mapToLong(WorkerReport::wakeSumNs).sum())
                .isEqualTo(Arrays.stream(samples).sum());
    }

    private static long[] samples(Path raw) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(raw)).order(ByteOrder.LITTLE_ENDIAN);
        long[] all = new long[bytes.remaining() / Long.BYTES];
        bytes.asLongBuffer().get(all);
        Arrays.sort(all);
        return all;
    }

    private static int bucket(long[] counts, long rank) {
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return i;
            }
        }
        throw new AssertionError("fewer samples than " + rank);
    }

    /** Bucket i has values from (128 + i % 128) << e on, with e = i / 128 - 1, and is 2^e wide; below 256 it is the value. */
    private static double middle(int bucket) {
        int e = bucket < 256 ? 0 : bucket / 128 - 1;
        return bucket < 256 ? bucket : ((128L + bucket % 128) << e) + (1L << e) / 2.0;
    }

    @Test
    void affinityChurnStaysWithinTheAffinityItWasGivenAndElseUsesEveryCpu() throws IOException {
        WorkGroup bound = WorkGroups.of(
                WorkKind.AFFINITY_CHURN,
                1,
                CloneMode.PROCESS,
                WorkGroups.parameters(WorkKind.AFFINITY_CHURN),
                List.of(),
                List.of(),
                List.of(new CpuList(List.of(0))),
                "");
        assertThat(run(bound, "worked:0:100").reports().get(0).cpusUsed()).containsExactly(0);
        WorkerReport free = run(WorkGroups.of(WorkKind.AFFINITY_CHURN, 1, CloneMode.PROCESS), "worked:0:100")
                .reports()
                .get(0);
        assertThat(free.cpusUsed()).hasSizeGreaterThan(1);
        assertThat(free.migrations()).isGreaterThan(10);
    }

    /** Field numbers of proc(5)'s /proc/PID/stat: 19 is nice, 41 is the policy. */
    private Set<Integer> seen(WorkKind kind, int field) throws IOException {
        String look = "p=$(cat /proc/$PPID/task/$PPID/children); for c in $p; do test $c = $$ || w=$c; done; i=0; "
                + "while test $i -lt 3000; do read -r l < /proc/$w/stat; set -- $l; echo ${" + field
                + "}; i=$((i+1)); done"
                + " | sort -n | uniq >&2";
        CrewDriver.Run run = run(WorkGroups.of(kind, 1, CloneMode.PROCESS), "run:" + look);
        Set<Integer> values = new TreeSet<>();
        run.lines().stream().filter(line -> line.matches("-?\\d+")).forEach(line -> values.add(Integer.valueOf(line)));
        return values;
    }

    @Test
    void niceSweepTakesEveryNiceValue() throws IOException {
        assertThat(seen(WorkKind.NICE_SWEEP, 19)).hasSizeGreaterThan(30).contains(-20, 0, 19);
    }

    @Test
    void policyChurnTakesThePoliciesThatTheKernelHas() throws IOException {
        assertThat(seen(WorkKind.POLICY_CHURN, 41)).contains(0, 1, 2, 3, 5);
    }

    @Test
    void aSmallRegionAndAnOddStrideAreWalkedWithinBounds() throws IOException {
        WorkGroup odd =
                WorkGroups.of(WorkKind.CACHE_PRESSURE, 1, new WorkParameters(0, 0, 0, 0, 0, 1, 1024, 0, 0, 0, 0, 0, 0));
        worked(WorkKind.CACHE_PRESSURE, run(odd, "worked:0:3").reports().get(0));
    }
}
