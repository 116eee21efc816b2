package acme;

import dev.ktstr.annotations.Metric;
import dev.ktstr.annotations.Payload;
import dev.ktstr.annotations.PayloadCheck;
import dev.ktstr.annotations.PayloadOutput;
import dev.ktstr.annotations.Polarity;

/** A wake-up benchmark in the manner of schbench; the POM builds it from src/test/c into target/payloads. */
@Payload(
        name = "wakebench",
        binary = "wakebench",
        defaultArgs = {"3", "5", "50"},
        output = PayloadOutput.JSON,
        metrics = {
            @Metric(name = "wake_us.p50", polarity = Polarity.LOWER_IS_BETTER, unit = "us"),
            @Metric(name = "wake_us.p99", polarity = Polarity.LOWER_IS_BETTER, unit = "us")
        },
        checks = {
            @PayloadCheck(metric = "wakeups", min = 100),
            // A second: far above what any sound scheduler needs, also in an emulated guest.
            @PayloadCheck(metric = "wake_us.p99", max = 1_000_000)
        })
interface WakeBench {}
