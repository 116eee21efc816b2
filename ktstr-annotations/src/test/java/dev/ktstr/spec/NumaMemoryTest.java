package dev.ktstr.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumaMemoryTest {
    private static final List<String> CXL = List.of(
            "512M latency=90 bandwidth=50000 distances=10,20,30",
            "512M latency=90 bandwidth=50000 distances=20,10,40",
            "1024M latency=300 bandwidth=20000 cache=64M distances=30,40,10");

    @Test
    void whatIsReadIsWrittenTheSameWay() {
        assertThat(NumaMemory.parse(CXL).texts()).isEqualTo(CXL);
        assertThat(NumaMemory.parse(List.of(" 1g ", "8m")).texts()).containsExactly("1024M", "8M");
        assertThat(NumaMemory.parse(CXL).totalMb()).isEqualTo(2048);
    }

    @Test
    void nodesAreTwentyApartWhereNothingIsSaid() {
        NumaMemory plain = NumaMemory.parse(List.of("512M", "512M"));
        assertThat(plain.distance(0, 0)).isEqualTo(10);
        assertThat(plain.distance(0, 1)).isEqualTo(20);
        assertThat(plain.hasPerformance()).isFalse();
    }

    @Test
    void accessesFromFartherAwayAreSlowerByTheRatioOfDistances() {
        NumaMemory cxl = NumaMemory.parse(CXL);
        assertThat(cxl.latencyNs(0, 0, 2)).isEqualTo(90);
        assertThat(cxl.latencyNs(1, 0, 2)).isEqualTo(180);
        assertThat(cxl.latencyNs(0, 2, 2)).isEqualTo(300);
        assertThat(cxl.latencyNs(1, 2, 2)).isEqualTo(400);
        assertThat(cxl.bandwidthMbS(1, 2, 2)).isEqualTo(15000);
        assertThat(cxl.initiatorOf(2, 2)).isZero();
        assertThat(cxl.initiatorOf(1, 2)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            512                                   | '512' is no size
            511M                                  | sizes are even
            128M                                  | node 0 has 128 MiB, and needs 224
            512M latency=90                       | latency and bandwidth go together
            512M cache=8M                         | a cache needs latency and bandwidth
            512M speed=9                          | 'speed=9' is none of latency=NS
            512M latency=x bandwidth=1            | 'x' is no number
            512M latency=99999999 bandwidth=1     | latency is 99999999, and must be 0 to 2000
            512M latency=90 bandwidth=999         | bandwidth is 999, and must be 1000 to 65000
            512M distances=11                     | the distance from node 0 to node 0 is 11; it must be 10
            512M distances=10,20                  | node 0 has 2 distances, and there are 1 nodes
            9999999G                              | size is 1048577, and must be 8 to 1048576
            """)
    void whatCannotBeIsRefusedWithTheReason(String text, String reason) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumaMemory.parse(List.of(text)))
                .withMessageContaining(reason);
    }

    @Test
    void figuresForSomeNodesOnlyAreRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NumaMemory.parse(List.of("512M latency=90 bandwidth=1000", "512M")))
                .withMessage("latency and bandwidth are given for node 0 and not for node 1");
        assertThatIllegalArgumentException().isThrownBy(() -> NumaMemory.parse(List.of()));
    }
}
