package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Ctx;
import dev.ktstr.run.VariantRun;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of nodes as a test writes it, and as the guest's kernel has read it from the firmware. */
class NumaMemoryIT {
    private static final String NODES = "/sys/devices/system/node/node";

    @ParameterizedTest
    @ValueSource(strings = {"6.12", "7.2"})
    void theGuestHasAMemoryOnlyNodeWithTheSpeedsThatWereAskedFor(String kernel) {
        VariantRun.Ended ended = Runs.run("memoryBehindTwoNodes", Map.of("ktstr.kernel", kernel), ctx -> {
            assertThat(ctx.topo().nodes()).hasSize(3);
            assertThat(ctx.topo().nodes().get(2).memoryOnly()).isTrue();
            assertThat(ctx.topo().nodes().get(0).distances()).containsExactly(10, 20, 40);
            assertThat(ctx.topo().nodes().get(2).memTotalKb()).isBetween(400L << 10, 512L << 10);
            assertThat(ctx.topo().nodes().get(1).memTotalKb()).isBetween(160L << 10, 256L << 10);
            // Node 2's nearest CPUs are node 1's.
            assertThat(value(ctx, 2, "read_latency")).isEqualTo(300);
            assertThat(value(ctx, 2, "write_latency")).isEqualTo(300);
            assertThat(value(ctx, 2, "read_bandwidth")).isEqualTo(20_000);
            assertThat(value(ctx, 0, "read_latency")).isEqualTo(90);
            assertThat(value(ctx, 0, "read_bandwidth")).isEqualTo(50_000);
            assertThat(ctx.guest().readText(NODES + "2/memory_side_cache/index1/size"))
                    .isEqualTo("67108864");
            assertThat(ctx.guest().readText("/sys/devices/system/node/has_cpu")).isEqualTo("0-1");
            return null;
        });
        assertThat(ended.outcome().details()).isEmpty();
    }

    private static int value(Ctx ctx, int node, String name) {
        return Integer.parseInt(ctx.guest().readText(NODES + node + "/access0/initiators/" + name));
    }
}
