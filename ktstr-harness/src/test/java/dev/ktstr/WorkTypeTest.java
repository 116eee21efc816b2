package dev.ktstr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkTypeTest {
    @Test
    void thereAreTwentyOneTypesAndEachIsFoundByItsName() {
        assertThat(WorkType.names())
                .containsExactly(
                        "SpinWait",
                        "YieldHeavy",
                        "Mixed",
                        "IoSyncWrite",
                        "Bursty",
                        "PipeIo",
                        "FutexPingPong",
                        "FutexFanOut",
                        "FanOutCompute",
                        "CachePressure",
                        "CacheYield",
                        "CachePipe",
                        "Sequence",
                        "ForkExit",
                        "NiceSweep",
                        "AffinityChurn",
                        "PolicyChurn",
                        "PageFaultChurn",
                        "MutexContention",
                        "SignalStorm",
                        "Custom");
        for (String name : WorkType.names()) {
            if (!List.of("Sequence", "Custom").contains(name)) {
                assertThat(WorkType.byName(name).name()).isEqualTo(name);
            }
        }
    }

    @Test
    void aNameThatIsNearOneIsAskedAbout() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkType.byName("FutexPingpon"))
                .withMessageContaining("Did you mean 'FutexPingPong'?")
                .withMessageContaining("The names are SpinWait, ");
    }

    @Test
    void typesWithoutDefaultsSayHowTheyAreMade() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkType.byName("Sequence"))
                .withMessageContaining("WorkType.sequence(Phase.spin(...), ...)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkType.byName("Custom"))
                .withMessageContaining("WorkType.custom(Path.of(...))");
    }

    @Test
    void parametersHaveTheDefaultsOfTheTable() {
        assertThat(WorkType.bursty().parameters())
                .isEqualTo(Map.of(WorkParameter.BURST, 50_000_000L, WorkParameter.SLEEP, 100_000_000L));
        assertThat(WorkType.fanOutCompute().toString())
                .isEqualTo("FanOutCompute(sleep=100us,fanOut=4,cacheKb=256,operations=5)");
        assertThat(WorkType.pageFaultChurn().toString())
                .isEqualTo("PageFaultChurn(spinIters=64,regionKb=4096,touches=256)");
        assertThat(WorkType.mutexContention().toString())
                .isEqualTo("MutexContention(contenders=4,holdIters=256,workIters=1024)");
    }

    @Test
    void whatIsWrittenCanBeRead() {
        for (WorkKind kind : WorkKind.values()) {
            if (kind != WorkKind.SEQUENCE && kind != WorkKind.CUSTOM) {
                WorkType type = WorkType.byName(kind.label());
                assertThat(WorkType.parse(type.toString())).isEqualTo(type);
            }
        }
        assertThat(WorkType.parse(" Bursty( burst = 5ms , sleep=7us ) "))
                .isEqualTo(WorkType.bursty(Duration.ofMillis(5), Duration.ofNanos(7000)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FutexFanOut(fanout=8)|Did you mean 'fanOut'?",
                "FutexFanOut(fanOut=0)|FutexFanOut fanOut must be 1 to 4095, got 0",
                "FutexFanOut(fanOut=x)|FutexFanOut fanOut must be a whole number, got 'x'",
                "FutexFanOut(fanOut)|'fanOut' is not of the form parameter=value",
                "FutexFanOut(fanOut=8|ends without ')'",
                "SpinWait(fanOut=8)|It has none.",
                "Bursty(burst=5)|Bursty burst must be a time such as 50ms",
                "Bursty(burst=0ms)|Bursty burst must last longer than zero",
                "Bursty(burst=999999999999999s)|longer than 292 years",
                "CachePressure(stride=65536)|is longer than its buffer of 32 KiB",
                "Nothing|there is no work type 'Nothing'"
            })
    void whatCannotBeReadSaysWhy(String text, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkType.parse(text))
                .withMessageContaining(why);
    }

    @Test
    void groupsMustComeOutEven() {
        refused(WorkType.pipeIo(), 3, "PipeIo requires workers divisible by 2, got 3");
        refused(WorkType.signalStorm(), 1, "SignalStorm requires workers divisible by 2, got 1");
        refused(WorkType.futexFanOut(3), 6, "FutexFanOut requires workers divisible by 4, got 6");
        refused(WorkType.fanOutCompute(), 4, "FanOutCompute requires workers divisible by 5, got 4");
        refused(WorkType.mutexContention(3), 4, "MutexContention requires workers divisible by 3, got 4");
    }

    private static void refused(WorkType type, int workers, String why) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CgroupDef.named("cg_0").workers(workers).workType(type))
                .withMessage("cgroup 'cg_0': " + why);
        assertThat(CgroupDef.named("cg_0")
                        .workers(type.groupSize())
                        .workType(type)
                        .groups())
                .hasSize(1);
    }

    @Test
    void aCustomWorkerNamesItsProgramAndArguments() {
        assertThat(WorkType.custom(Path.of("/opt/w"), "-n", "3").command()).containsExactly("/opt/w", "-n", "3");
    }

    @Test
    void aValueIsNeitherChangedByItsMakerNorByItsUser() {
        WorkType type = WorkType.futexFanOut();
        assertThat(type.with(WorkParameter.FAN_OUT, 9).groupSize()).isEqualTo(10);
        assertThat(type.groupSize()).isEqualTo(5);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> WorkType.spinWait().with(WorkParameter.FAN_OUT, 9))
                .withMessageContaining("SpinWait has no parameter 'fanOut'");
    }
}
