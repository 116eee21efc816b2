package acme;

import dev.ktstr.annotations.Metric;
import dev.ktstr.annotations.Payload;
import dev.ktstr.annotations.PayloadCheck;
import dev.ktstr.annotations.PayloadOutput;
import dev.ktstr.annotations.Polarity;

/** Reads at random. From the distribution's package; what it reads is said in a job file that goes into the guest with it. */
@Payload(
        binary = "fio",
        defaultArgs = {"--output-format=json", "/include-files/reads.fio"},
        includeFiles = "src/test/fio/reads.fio",
        output = PayloadOutput.JSON,
        metrics =
                @Metric(name = "jobs.0.read.iops", polarity = Polarity.HIGHER_IS_BETTER, unit = "1/s"),
        checks = {
            @PayloadCheck(metric = "jobs.0.read.iops", min = 100),
            @PayloadCheck(metric = "jobs.0.error", min = 0, max = 0)
        })
interface Fio {}
