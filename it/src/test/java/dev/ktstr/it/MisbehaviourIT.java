package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.CgroupStats;
import dev.ktstr.WorkerStats;
import dev.ktstr.result.Outcome;
import dev.ktstr.result.ReportText;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.VariantRun;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each way in which the fixture scheduler can misbehave is caught by the check that is meant for it, with the line of that check;
 * and the scheduler in its right mind is caught by none of them under the same scenarios, in 20 runs with
 * {@code -Dktstr.full=true}.
 *
 * <p>One scheduler can be wrong in the eyes of more than one check: who gets no CPU also makes its cgroup unfair. So a test asks
 * for the line that tells what is wrong, and that no line blames a worker that was treated well.
 */
class MisbehaviourIT {
    private static final Pattern STUCK =
            Pattern.compile("tid (\\d+) stuck (\\d+)ms on cpu\\d at \\+\\d+ms \\(threshold 2000ms\\)");
    private static final Pattern STARVED = Pattern.compile("tid (\\d+) starved \\(0 work units\\)");
    private static final Pattern OF_A_WORKER = Pattern.compile("tid (\\d+) .*");
    private static final Pattern DIED = Pattern.compile(
            "scheduler process died unexpectedly after completing step 0 of 1 \\(\\d+\\.\\ds into test\\)");

    private final MisbehaviourFixtures fixtures = new MisbehaviourFixtures();

    private static Outcome run(String fixture, VariantRun.Body body) {
        return Runs.run("MisbehaviourFixtures#" + fixture, body).outcome();
    }

    private static Outcome failed(Outcome outcome) {
        assertThat(outcome.verdict()).as(ReportText.failure(outcome)).isEqualTo(Verdict.FAIL);
        return outcome;
    }

    private static List<MatchResult> lines(Outcome outcome, Pattern shape) {
        return outcome.details().stream()
                .map(shape::matcher)
                .filter(line -> line.matches())
                .map(line -> line.toMatchResult())
                .toList();
    }

    private static List<Integer> tids(List<MatchResult> lines) {
        return lines.stream().map(line -> Integer.valueOf(line.group(1))).toList();
    }

    private static List<WorkerStats> workers(Outcome outcome, String cgroup) {
        return outcome.stats().stream()
                .filter(stats -> stats.name().equals(cgroup))
                .map(CgroupStats::workers)
                .flatMap(List::stream)
                .toList();
    }

    private static List<Integer> tidsOf(Outcome outcome, String cgroup) {
        return workers(outcome, cgroup).stream().map(WorkerStats::tid).toList();
    }

    /** The two lines of a scheduler that the kernel ended: that it died, and why. */
    private static MatchResult endedByTheKernel(Outcome outcome, Pattern reason) {
        assertThat(outcome.details().get(0)).matches(DIED);
        assertThat(outcome.details().get(1)).matches(reason);
        return lines(outcome, reason).get(0);
    }

    private static long lastCount(Outcome outcome, String counter) {
        return Pattern.compile(counter + "=(\\d+)")
                .matcher(outcome.sections().getOrDefault("scheduler log", ""))
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .reduce(0, (earlier, later) -> later);
    }

    /**
     * Caught by the gap. The scheduler keeps the name waiting for 3.75 s at a time, 3/4 of its watchdog's 5 s, so the kernel has
     * nothing to complain of; the other spinner has the other CPU, so no fairness within a cgroup is hurt. What is left is a
     * worker that came to no checkpoint for longer than 2 s, and the worker is the one of that name.
     */
    @Test
    void aWorkerWhoseNameIsStarvedIsStuckAndTheOneBesideItIsNot() {
        Outcome outcome = failed(run("starvesAName", fixtures::starvesAName));
        List<MatchResult> stuck = lines(outcome, STUCK);
        assertThat(tids(stuck)).as(ReportText.failure(outcome)).isEqualTo(tidsOf(outcome, "named"));
        assertThat(Integer.parseInt(stuck.get(0).group(2))).isGreaterThan(3000);
        assertThat(tids(lines(outcome, OF_A_WORKER))).doesNotContainAnyElementsOf(tidsOf(outcome, "other"));
        assertThat(lastCount(outcome, "nr_starved")).isPositive();
    }

    /**
     * Caught by the kernel. A sched_ext scheduler cannot get a task onto a CPU that it may not run on: the kernel ends it
     * instead (task_can_run_on_remote_rq in kernel/sched/ext.c), so the isolation check has nothing to see. The reason names
     * the CPU outside of the cpuset, and one of the workers that the cpuset is for.
     */
    @Test
    void aSchedulerThatIgnoresCpusetsIsEndedByTheKernelWithTheCpuAndTheWorker() {
        Outcome outcome = failed(run("ignoresCpumasks", fixtures::ignoresCpumasks));
        MatchResult reason = endedByTheKernel(
                outcome,
                Pattern.compile(
                        "sched_ext ended it: runtime error \\(SCX_DSQ_LOCAL\\[_ON\\] .*CPU 1 not allowed for \\S+\\[(\\d+)\\]\\)"));
        assertThat(tidsOf(outcome, "boxed")).contains(Integer.valueOf(reason.group(1)));
        assertThat(outcome.details()).noneMatch(line -> line.contains("outside its cpuset"));
    }

    /**
     * Caught by the gap. Two spinners share a CPU in slices of 3 s: who is not first waits for 3 s, too short for the watchdog,
     * too long for a limit of 2 s. The gap is as long as the slice, and on the CPU that they share.
     */
    @Test
    void aSliceOfThreeSecondsIsAGapOfThreeSecondsForWhoWaits() {
        Outcome outcome = failed(run("hasLongSlices", fixtures::hasLongSlices));
        assertThat(outcome.details())
                .as(ReportText.failure(outcome))
                .anyMatch(line ->
                        line.matches("tid \\d+ stuck (?:29|3\\d)\\d\\dms on cpu0 at \\+\\d+ms \\(threshold 2000ms\\)"));
        assertThat(workers(outcome, "boxed"))
                .allSatisfy(w -> assertThat(w.workUnits()).isPositive());
    }

    /**
     * Caught for starving. When a slice is over, the kernel asks for the next task before it gives the last one back, so the two
     * newest take turns, and of four spinners on a CPU two never run. The test is over before the watchdog's 5 s are.
     */
    @Test
    void underLastInFirstOutTheFirstWorkersStarve() {
        Outcome outcome = failed(run("lastInFirstOut", fixtures::lastInFirstOut));
        List<Integer> starved = tids(lines(outcome, STARVED));
        assertThat(starved).as(ReportText.failure(outcome)).hasSize(2);
        List<Integer> idle = workers(outcome, "boxed").stream()
                .filter(w -> w.workUnits() == 0)
                .map(WorkerStats::tid)
                .toList();
        assertThat(starved).isEqualTo(idle);
        assertThat(outcome.details()).noneMatch(line -> line.startsWith("sched_ext ended it"));
    }

    /** Caught by the kernel's watchdog: a task that the scheduler has forgotten never runs again, and it is a user's. */
    @Test
    void aForgottenTaskIsFoundByTheWatchdog() {
        Outcome outcome = failed(run("drops", fixtures::drops));
        MatchResult reason = endedByTheKernel(
                outcome,
                Pattern.compile(
                        "sched_ext ended it: runnable task stall \\(\\S+\\[\\d+\\] failed to run for (\\d+)\\.\\d+s\\)"));
        assertThat(Integer.parseInt(reason.group(1))).isGreaterThanOrEqualTo(2);
        assertThat(lastCount(outcome, "nr_dropped")).isPositive();
    }

    /**
     * Caught by the imbalance. Twelve spinners may run on either CPU and all queue for the first; each gets its fair share of that
     * one, so no check of the workers has anything to say, and an idle CPU is no stall. Only the queues tell.
     */
    @Test
    void aSchedulerThatLeavesHalfTheCpusIdleIsImbalanced() {
        Outcome outcome = failed(run("usesHalfTheCpus", fixtures::usesHalfTheCpus));
        assertThat(outcome.details())
                .singleElement()
                .asString()
                .matches("imbalance ratio \\d+\\.0: nr_running \\d+ on cpu0 and [01] on cpu1 at \\+\\d+ms "
                        + "\\(threshold 4; \\d+ samples in a row, \\d+ needed\\)");
        assertThat(workers(outcome, "crowd"))
                .hasSize(12)
                .allSatisfy(w -> assertThat(w.cpusUsed()).isEqualTo(List.of(0)));
    }

    @TestFactory
    Stream<DynamicTest> aSchedulerThatBehavesIsCaughtByNoneOfThem() {
        return IntStream.rangeClosed(1, Boolean.getBoolean("ktstr.full") ? 20 : 1)
                .mapToObj(run -> DynamicTest.dynamicTest("run " + run, this::behaves));
    }

    private void behaves() {
        Outcome outcome = run("behaves", fixtures::behaves);
        assertThat(outcome.details()).isEmpty();
        assertThat(outcome.verdict()).isEqualTo(Verdict.PASS);
        assertThat(outcome.stats().stream().mapToInt(CgroupStats::workerCount).sum())
                .isEqualTo(22);
    }
}
