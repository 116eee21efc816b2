package dev.ktstr.it.bench;

import dev.ktstr.result.Outcome;
import dev.ktstr.run.Options;
import dev.ktstr.run.VariantRun;
import java.nio.file.Path;

/** x. */
public final class ForkBench {
    private ForkBench() {}

    public static void main(String[] args) throws Exception {
        for (int i = 0; i < 12; i++) {
            Outcome outcome = new VariantRun("dev.ktstr.it.Fixtures#boots4In1GiB", Options.ofProcess(), Path.of(""))
                    .execute(ctx -> null)
                    .outcome();
            System.out.println(outcome.verdict() + " " + outcome.details() + " "
                    + outcome.facts().get("boot") + " " + outcome.facts().get("bootNote") + " " + outcome.timings());
        }
    }
}
