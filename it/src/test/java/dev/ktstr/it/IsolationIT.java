package dev.ktstr.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ktstr.Ctx;
import dev.ktstr.result.Verdict;
import dev.ktstr.run.VariantRun;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Isolation is measured, not assumed. */
class IsolationIT {
    private static final String CGROUP = "/sys/fs/cgroup/confined/";
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @Test
    void aCpusetClearedBehindTheHarnesssBackIsSeen() {
        VariantRun.Ended ended = Runs.run("clearedCpuset", ctx -> {
            CompletableFuture<Void> meddler = CompletableFuture.runAsync(() -> clearWhenFull(ctx, 4));
            var result = new Fixtures().clearedCpuset(ctx);
            meddler.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return result;
        });
        assertThat(ended.outcome().verdict()).isEqualTo(Verdict.FAIL);
        assertThat(ended.outcome().details())
                .isNotEmpty()
                .allMatch(line ->
                        line.matches("tid \\d+ of cgroup 'confined' ran on cpus [23,-]+ outside its cpuset 0-1"));
    }

    private static void clearWhenFull(Ctx ctx, int workers) {
        Instant end = Instant.now().plus(LIMIT);
        while (Instant.now().isBefore(end)) {
            if (procs(ctx).lines().count() == workers) {
                // Every CPU instead of none: 6.12 refuses to empty the cpuset of a cgroup that has tasks (ENOSPC).
                ctx.guest().writeText(CGROUP + "cpuset.cpus", "0-3");
                return;
            }
        }
        throw new IllegalStateException("the cgroup never had its " + workers + " workers");
    }

    private static String procs(Ctx ctx) {
        try {
            return ctx.guest().readText(CGROUP + "cgroup.procs");
        } catch (RuntimeException e) {
            return "";
        }
    }
}
