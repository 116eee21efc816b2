package dev.ktstr.it;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.HoldSpec;
import dev.ktstr.Phase;
import dev.ktstr.Step;
import dev.ktstr.WorkParameter;
import dev.ktstr.WorkType;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every work type works in a guest, with its defaults where they fit an emulator. */
class WorkTypesIT {
    @TempDir
    private static Path folder;

    private static WorkType of(String name, Path program) {
        return switch (name) {
            case "Custom" -> WorkType.custom(program, "200", "10000");
            case "Sequence" ->
                WorkType.sequence(
                        Phase.spin(ofMillis(10)),
                        Phase.sleep(ofMillis(10)),
                        Phase.yield(ofMillis(10)),
                        Phase.io(ofMillis(10)));
            case "Bursty" -> WorkType.bursty(ofMillis(20), ofMillis(20));
            // Five multiplications of 104 x 104 take a processor a few milliseconds, an emulated one the whole step.
            case "FanOutCompute" -> WorkType.fanOutCompute().with(WorkParameter.CACHE_KB, 16);
            default -> WorkType.byName(name);
        };
    }

    @Test
    void eachDoesItsWorkAndEndsByItself() throws Exception {
        Path program = Programs.compile(
                Path.of("samples/08-custom-worker/src/main/c/worker.c").toAbsolutePath(), folder);
        List<Step> steps = WorkType.names().stream()
                .map(name -> of(name, program))
                .map(type -> Step.of(
                        HoldSpec.fixed(ofMillis(700)),
                        CgroupDef.named(type.name()).workers(type.groupSize()).workType(type)))
                .toList();
        AtomicReference<AssertResult> result = new AtomicReference<>(AssertResult.pass());
        var ended = Runs.run("anyWork", ctx -> {
            result.set(ctx.executeSteps(steps));
            return result.get();
        });

        assertThat(ended.outcome().details()).isEmpty();
        assertThat(result.get().stats())
                .hasSameSizeAs(steps)
                .allSatisfy(cgroup -> assertThat(cgroup.workers())
                        .as(cgroup.name())
                        .isNotEmpty()
                        .allSatisfy(worker -> {
                            assertThat(worker.error()).isEmpty();
                            assertThat(worker.completed()).isTrue();
                            assertThat(worker.workUnits()).isPositive();
                            assertThat(worker.iterations()).isPositive();
                        }));
    }
}
