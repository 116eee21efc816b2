package dev.ktstr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimsTest {
    private final Claims claims = new Claims();

    private List<String> lines() {
        return claims.result().details();
    }

    @Test
    void everyClaimThatDoesNotHoldHasItsLine() {
        claims.claim("max gap", 180L)
                .atMost(100)
                .atLeast(200.5)
                .between(1, 9)
                .above(180)
                .below(180);
        assertThat(lines())
                .containsExactly(
                        "max gap: expected at most 100, got 180",
                        "max gap: expected at least 200.5, got 180",
                        "max gap: expected between 1 and 9, got 180",
                        "max gap: expected above 180, got 180",
                        "max gap: expected below 180, got 180");
        assertThat(claims.result().failed()).isTrue();
    }

    @Test
    void claimsThatHoldAreSilent() {
        claims.claim("gap", 100)
                .atMost(100)
                .atLeast(100)
                .between(100, 100)
                .near(99, 1)
                .equalTo(100L)
                .isFinite();
        claims.claim("ratio", 0.5).below(1).above(0.25).isPresent();
        claims.claim("zero", 0.0).isZero();
        assertThat(claims.result().passed()).isTrue();
        assertThat(claims.result().notes()).isEmpty();
    }

    @Test
    void largeNumbersAreComparedExactly() {
        claims.claim("ns", Long.MAX_VALUE).equalTo(Long.MAX_VALUE - 1).atMost(9.2e18);
        claims.claim("tenth", 0.1).equalTo(0.1).near(0.3, 0.2);
        assertThat(lines())
                .containsExactly(
                        "ns: expected equal to 9223372036854775806, got 9223372036854775807",
                        "ns: expected at most 9.2E18, got 9223372036854775807");
    }

    @Test
    void whatWasNotMeasuredFailsEveryClaimButThatItIsAbsent() {
        claims.claim("p99", OptionalLong.empty()).atMost(5).isAbsent();
        claims.claim("cv", OptionalDouble.empty()).isFinite().isPresent();
        assertThat(lines())
                .containsExactly(
                        "p99: expected at most 5, got no value (not measured)",
                        "cv: expected a finite number, got no value (not measured)",
                        "cv: expected a value, got no value (not measured)");
    }

    @Test
    void notANumberIsNeitherAboveNorBelow() {
        claims.claim("cv", Double.NaN).atMost(1).atLeast(1).near(1, 1).isFinite();
        claims.claim("inf", Double.POSITIVE_INFINITY).atMost(1).atLeast(1).isFinite();
        assertThat(lines())
                .hasSize(6)
                .contains("cv: expected at most 1, got NaN", "inf: expected a finite number, got Infinity");
    }

    @Test
    void aClaimThatCannotHoldIsAMistakeOfTheTests() {
        assertThatThrownBy(() -> claims.claim("x", 1).between(5, 4)).hasMessage("no number is between 5 and 4");
        assertThatThrownBy(() -> claims.claim("x", 1).near(5, -1)).hasMessage("a tolerance is 0 or more, got -1");
    }

    @Test
    void aSeriesNamesTheFirstValueThatBreaksIt() {
        claims.claim("dispatched", List.of(1, 4, 4, 3, 9))
                .nonDecreasing()
                .strictlyIncreasing()
                .everyAtMost(4)
                .everyAtLeast(1)
                .everyBetween(2, 9);
        assertThat(lines())
                .containsExactly(
                        "dispatched: expected no decrease, got 4 and then 3 at index 3",
                        "dispatched: expected an increase at every step, got 4 and then 4 at index 2",
                        "dispatched: expected every value at most 4, got 9 at index 4",
                        "dispatched: expected every value between 2 and 9, got 1 at index 0");
    }

    @Test
    void aSeriesOfNothingSaysNothing() {
        claims.claim("dispatched", List.<Long>of()).nonDecreasing().everyAtLeast(0);
        assertThat(lines())
                .containsExactly(
                        "dispatched: expected no decrease, got []",
                        "dispatched: expected every value at least 0, got []");
    }

    @Test
    void collectionsTruthsAndOtherValuesCanBeClaimedOf() {
        claims.claim("cpus", Set.of(5))
                .isSubsetOf(Set.of(0, 1))
                .contains(5)
                .hasSize(1)
                .isNotEmpty()
                .isEmpty();
        claims.claim("steady", false).isTrue().isFalse();
        claims.claim("name", "cg_0").equalTo("cg_1").is("a long name", n -> n.length() > 9);
        claims.claim("owner", Optional.<String>empty()).isPresent().isAbsent();
        assertThat(lines())
                .containsExactly(
                        "cpus: expected nothing but " + Set.of(0, 1) + ", got [5]",
                        "cpus: expected nothing, got [5]",
                        "steady: expected true, got false",
                        "name: expected equal to cg_1, got cg_0",
                        "name: expected a long name, got cg_0",
                        "owner: expected a value, got no value");
    }

    @Test
    void theStatisticsHaveClaimsOfTheirOwnLabelledByTheirNames() {
        CgroupStats cgroup = new CgroupStats(
                0, "cg_0", List.of(), List.of(TestWorkers.gap(7, 180, 0, 0), TestWorkers.gap(8, 2, 1, 0)));
        CgroupStatsClaims.of(claims, cgroup).gapMs().atMost(100);
        CgroupStatsClaims.of(claims, cgroup).p99WakeLatencyNs().isAbsent().atMost(50_000);
        WorkerStatsClaims.of(claims, cgroup.workers().get(0)).cpusUsed().isSubsetOf(List.of(1, 2));
        ScenarioStatsClaims.of(claims, new ScenarioStats(List.of(cgroup)))
                .totalIterations()
                .atLeast(5000);
        assertThat(lines())
                .containsExactly(
                        "gapMs (name=cg_0): expected at most 100, got 180",
                        "p99WakeLatencyNs (name=cg_0): expected at most 50000, got no value (not measured)",
                        "cpusUsed (tid=7): expected nothing but [1, 2], got [0]",
                        "totalIterations: expected at least 5000, got 2000");
    }

    @Test
    void claimsThatHoldAreNotedWhenAskedFor() {
        Claims logging = new Claims(true);
        logging.claim("gap", 80).atMost(100);
        assertThat(logging.result().notes()).containsExactly("claim holds: gap: expected at most 100, got 80");
        assertThat(logging.result().passed()).isTrue();
        assertThat(logging.untold().notes()).isEmpty();
    }

    @Test
    void aClaimThatWasJudgedElsewhereKeepsItsLine() {
        Claims logging = new Claims(true);
        logging.record(false, "dispatched: regression at sample 3").record(true, "steady");
        assertThat(logging.result().details()).containsExactly("dispatched: regression at sample 3");
        assertThat(logging.result().notes()).containsExactly("claim holds: steady");
    }

    @Test
    void claimsThatNobodyAskedAboutAreNotLost() {
        claims.claim("a", 2).atMost(1);
        assertThat(claims.untold().details()).containsExactly("a: expected at most 1, got 2");
        assertThat(claims.result().details()).hasSize(1);
        assertThat(claims.untold().details()).isEmpty();
        claims.claim("b", 2).atMost(1);
        assertThat(claims.untold().details()).containsExactly("b: expected at most 1, got 2");
    }
}
