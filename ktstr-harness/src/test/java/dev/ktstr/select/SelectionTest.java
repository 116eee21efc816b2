package dev.ktstr.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ktstr.run.Options;
import dev.ktstr.run.RunException;
import dev.ktstr.run.Shape;
import dev.ktstr.run.TestEntries;
import dev.ktstr.run.TestEntry;
import dev.ktstr.select.Selection.Decided;
import dev.ktstr.select.Selection.Status;
import dev.ktstr.select.Shard.Weighed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SelectionTest {
    private static final List<String> PRESETS = List.of("tiny-1llc", "tiny-2llc", "smt-2llc", "near-max-llc");

    @TempDir
    Path temp;

    private static Options options(Map<String, String> properties, Map<String, String> environment) {
        return new Options(properties::get, environment::get);
    }

    private static Options options(String... namesAndValues) {
        Map<String, String> all = new java.util.HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            all.put("ktstr." + namesAndValues[i], namesAndValues[i + 1]);
        }
        return options(all, Map.of());
    }

    private static List<Candidate> candidates(int tests) {
        List<Candidate> all = new ArrayList<>();
        for (int i = 0; i < tests; i++) {
            TestEntry test = TestEntries.of("acme.T#m" + i, PRESETS.toArray(String[]::new));
            for (Shape shape : Shape.all(test)) {
                all.add(new Candidate(shape, "kernel_7_2_13", false));
            }
        }
        return all;
    }

    private static Selection select(List<Candidate> all, Options options) {
        return Selection.of(all, tags -> true, candidate -> Optional.empty(), options, Costs.estimates());
    }

    private static List<String> taken(Selection selection) {
        return selection.all().stream()
                .filter(d -> d.status() != Status.LEFT_OUT)
                .map(d -> d.candidate().key())
                .sorted()
                .toList();
    }

    @Test
    void withoutOptionsEverythingWithAWantedTagIsTaken() {
        List<Candidate> all = candidates(2);
        assertThat(taken(select(all, options()))).hasSize(2 * (1 + 4 * 2));
        Selection base = Selection.of(all, Set::isEmpty, c -> Optional.empty(), options(), Costs.estimates());
        assertThat(taken(base)).containsExactly("acme.T#m0  default kernel_7_2_13", "acme.T#m1  default kernel_7_2_13");
        assertThat(base.all().get(1).reason()).isEqualTo("tagged gauntlet");
        assertThat(base.summary()).isEmpty();
    }

    @Test
    void theBudgetIsKeptAndCoversEveryFeatureThatFits() {
        List<Candidate> all = candidates(3);
        Selection selection = select(all, options("budget", "120"));
        double cost = selection.all().stream()
                .filter(d -> d.status() == Status.SELECTED)
                .mapToDouble(Decided::seconds)
                .sum();
        assertThat(cost).isLessThanOrEqualTo(120).isGreaterThan(80);
        Set<String> covered = new HashSet<>();
        selection.all().stream()
                .filter(d -> d.status() == Status.SELECTED)
                .forEach(d -> covered.addAll(d.candidate().features()));
        assertThat(covered)
                .contains(
                        "test acme.T#m0",
                        "test acme.T#m1",
                        "test acme.T#m2",
                        "SMT",
                        "15 LLCs",
                        "up to 256 CPUs",
                        "profile eevdf/steal");
        assertThat(selection.summary().get(0)).startsWith("budget 120 s: ").contains("of 27 variants");
        assertThat(selection.summary()).anyMatch(line -> line.contains("left out: "));
    }

    @Test
    void aSmallBudgetSaysWhichFeaturesAreNotCovered() {
        Selection selection = select(candidates(3), options("budget", "20"));
        assertThat(taken(selection)).hasSize(1);
        assertThat(selection.summary().get(1)).startsWith("  not covered: ").contains("SMT");
    }

    @Test
    void aBudgetForAllTakesAllOfThemOnce() {
        List<Candidate> all = candidates(2);
        assertThat(taken(select(all, options("budget", "100000"))))
                .doesNotHaveDuplicates()
                .hasSameSizeAs(all);
    }

    @Test
    void theOrderOfTheVariantsDoesNotMatter() {
        List<Candidate> all = candidates(4);
        Options options = options("budget", "200", "shard", "2/3");
        List<String> first = taken(select(all, options));
        for (int seed = 0; seed < 20; seed++) {
            Collections.shuffle(all, new Random(seed));
            assertThat(taken(select(all, options))).isEqualTo(first);
        }
    }

    @Test
    void shardsTakeEveryVariantOnceAndAreBalanced() {
        List<Candidate> all = candidates(5);
        List<String> together = new ArrayList<>();
        List<Double> loads = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Selection selection = select(all, options("shard", i + "/4"));
            together.addAll(taken(selection));
            loads.add(selection.all().stream()
                    .filter(d -> d.status() == Status.SELECTED)
                    .mapToDouble(Decided::seconds)
                    .sum());
        }
        assertThat(together).doesNotHaveDuplicates().hasSameSizeAs(all);
        assertThat(Collections.max(loads) - Collections.min(loads))
                .isLessThan(
                        2 * Costs.estimates().seconds(all.get(all.size() - 1).shape()));
        assertThat(select(all, options("shard", "1/4")).summary().get(0))
                .startsWith("shard 1/4 (-Dktstr.shard=1/4) of plan ");
    }

    @Test
    void moreShardsThanVariantsLeavesSomeWithNothing() {
        assertThat(taken(select(candidates(1).subList(0, 1), options("shard", "2/2"))))
                .isEmpty();
    }

    @Test
    void theDearestVariantsGoFirstToTheEmptiestShard() {
        List<Candidate> all = candidates(2);
        List<Weighed> weighed =
                List.of(new Weighed(all.get(0), 10), new Weighed(all.get(1), 6), new Weighed(all.get(2), 5));
        assertThat(new Shard(1, 2, "").take(weighed))
                .extracting(Weighed::seconds)
                .containsExactly(10.0);
        assertThat(new Shard(2, 2, "").take(weighed))
                .extracting(Weighed::seconds)
                .containsExactly(6.0, 5.0);
    }

    @Test
    void aVariantThatCanOnlyBeSkippedIsTakenByEveryBudget() {
        List<Candidate> all = candidates(1);
        Selection selection = Selection.of(
                all,
                tags -> true,
                c -> c.shape().preset().equals("near-max-llc") ? Optional.of("too big") : Optional.empty(),
                options("budget", "20"),
                Costs.estimates());
        assertThat(selection.all())
                .filteredOn(d -> d.status() == Status.SKIPPED)
                .hasSize(2)
                .allMatch(d -> d.reason().equals("too big") && d.seconds() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "ten", "NaN", "Infinity"})
    void aBudgetThatIsNoTimeIsRefused(String text) {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> select(candidates(1), options("budget", text)))
                .withMessageContaining("-Dktstr.budget=" + text)
                .withMessageContaining("Hint: ");
    }

    @Test
    void aBudgetThatIsTooSmallForAnythingIsRefused() {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> select(candidates(1), options("budget", "3")))
                .withMessageContaining("too small for any of 9 variants")
                .withMessageContaining("15 s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/3", "4/3", "1/0", "a/b", "2", "1/3/5", "-1/3", "99999999999/3"})
    void aShardThatDoesNotExistIsRefused(String text) {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> Shard.of(options("shard", text)))
                .withMessageContaining("-Dktstr.shard=" + text)
                .withMessageContaining("Hint: ");
    }

    @Test
    void ciSystemsNameTheShard() {
        assertThat(shard(Map.of("CI_NODE_INDEX", "2", "CI_NODE_TOTAL", "5"))).hasValueSatisfying(s -> {
            assertThat(s.index()).isEqualTo(2);
            assertThat(s.count()).isEqualTo(5);
        });
        assertThat(shard(Map.of("JOB_COMPLETION_INDEX", "0", "KTSTR_SHARD_TOTAL", "3")))
                .hasValueSatisfying(s -> assertThat(s.index()).isEqualTo(1));
        assertThat(shard(Map.of("CI_NODE_TOTAL", "1"))).isEmpty();
        assertThat(shard(Map.of("KTSTR_SHARD", "off", "CI_NODE_INDEX", "2", "CI_NODE_TOTAL", "5")))
                .isEmpty();
    }

    @Test
    void aCiSystemThatNamesHalfOfTheShardIsAnError() {
        refused(Map.of("CI_NODE_INDEX", "2"), "CI_NODE_TOTAL is not");
        refused(Map.of("CI_NODE_INDEX", "0", "CI_NODE_TOTAL", "2"), "numbered from 1");
        refused(Map.of("JOB_COMPLETION_INDEX", "1"), "KTSTR_SHARD_TOTAL");
        refused(Map.of("JOB_COMPLETION_INDEX", "3", "KTSTR_SHARD_TOTAL", "3"), "from 0");
        refused(Map.of("JOB_COMPLETION_INDEX", "x", "KTSTR_SHARD_TOTAL", "3"), "not a whole number");
    }

    private static Optional<Shard> shard(Map<String, String> environment) {
        return Shard.of(options(Map.of(), environment));
    }

    private static void refused(Map<String, String> environment, String why) {
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> shard(environment))
                .withMessageContaining(why);
    }

    @Test
    void costsAreLearntFromResultFilesAndBrokenOnesArePassedOver() throws IOException {
        Shape shape = Shape.base(TestEntries.of("acme.T#m"));
        sidecar("a", "pass", 1, 20_000);
        sidecar("b", "fail", 1, 30_000);
        sidecar("c", "skip", 1, 1);
        sidecar("d", "pass", 99, 1);
        Files.writeString(temp.resolve("e.ktstr.json"), "{\"verdict\":");
        Files.writeString(temp.resolve("f.ktstr.json"), """
                {"schema":1,"test":"m","class":"acme.T","topology":"1n1l2c1t","profile":[],
                 "verdict":"fail","timingsMs":{"prepare":1,"total":2}}""");
        Costs costs = Costs.learn(temp);
        assertThat(costs.seconds(shape)).isEqualTo(25);
        Shape other = Shape.base(TestEntries.of("acme.T#other"));
        assertThat(costs.learnt(other)).isEmpty();
        assertThat(costs.seconds(other)).isEqualTo(Costs.estimates().seconds(other));
    }

    private void sidecar(String name, String verdict, int schema, int totalMs) throws IOException {
        Path folder = Files.createDirectories(temp.resolve("7.2.13-abc"));
        Files.writeString(folder.resolve(name + ".ktstr.json"), """
                {"schema":%d,"test":"m","class":"acme.T","topology":"1n1l2c1t","profile":[],
                 "verdict":"%s","timingsMs":{"scenario":1,"total":%d}}""".formatted(schema, verdict, totalMs));
    }

    @Test
    void shardsLearnOnlyFromAFolderThatIsNamed() throws IOException {
        Path target = Files.createDirectories(temp.resolve("target/ktstr"));
        Files.writeString(target.resolve("a.ktstr.json"), """
                {"schema":1,"test":"m","class":"acme.T","topology":"1n1l2c1t","profile":[],
                 "verdict":"pass","timingsMs":{"scenario":1,"total":7000}}""");
        Shape shape = Shape.base(TestEntries.of("acme.T#m"));
        assertThat(Selection.costs(options(), temp).learnt(shape)).hasValue(7);
        assertThat(Selection.costs(options("shard", "1/2"), temp).learnt(shape)).isEmpty();
        assertThat(Selection.costs(options("shard", "1/2", "costs", "target/ktstr"), temp)
                        .learnt(shape))
                .hasValue(7);
        assertThatExceptionOfType(RunException.class)
                .isThrownBy(() -> Selection.costs(options("costs", "gone"), temp))
                .withMessageContaining("gone");
    }

    @Test
    void thousandsOfVariantsArePickedWhileAPersonWaits() {
        List<Candidate> all = candidates(400);
        long from = System.nanoTime();
        Selection selection = select(all, options("budget", "3600", "shard", "1/4"));
        assertThat(taken(selection)).isNotEmpty();
        assertThat((System.nanoTime() - from) / 1e9).isLessThan(20);
    }
}
