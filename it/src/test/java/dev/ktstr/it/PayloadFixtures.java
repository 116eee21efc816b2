package dev.ktstr.it;

import dev.ktstr.AssertResult;
import dev.ktstr.CgroupDef;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.annotations.Metric;
import dev.ktstr.annotations.Payload;
import dev.ktstr.annotations.PayloadCheck;
import dev.ktstr.annotations.PayloadOutput;
import dev.ktstr.annotations.Polarity;

/** Tests with payloads; {@link PayloadIT} runs them and judges what came of them. */
public class PayloadFixtures {
    /** Reads a file of the guest's own at random. */
    @Payload(
            binary = "fio",
            defaultArgs = {
                "--name=reads",
                "--ioengine=sync",
                "--rw=randread",
                "--size=1M",
                "--filename=/tmp/fio.dat",
                "--runtime=2",
                "--time_based",
                "--output-format=json"
            },
            output = PayloadOutput.JSON,
            metrics = @Metric(name = "jobs.0.read.iops", polarity = Polarity.HIGHER_IS_BETTER, unit = "1/s"),
            checks = {
                @PayloadCheck(metric = "jobs.0.read.iops", min = 1),
                @PayloadCheck(metric = "jobs.0.error", min = 0, max = 0),
                @PayloadCheck(metric = "exit-code", max = 0)
            })
    public static final class Fio {}

    /** Keeps one CPU busy for longer than any test. */
    @Payload(
            name = "stress-ng",
            binary = "stress-ng",
            defaultArgs = {"--cpu", "1", "--timeout", "120"})
    public static final class StressNg {}

    /** A shell; each test gives it its script. */
    @Payload(binary = "/bin/sh")
    public static final class Shell {}

    /** The same, whose output is to be JSON. */
    @Payload(binary = "/bin/sh", output = PayloadOutput.JSON, checks = @PayloadCheck(metric = "latency.p99", max = 10))
    public static final class JsonShell {}

    /** Writes as many bytes as it is told. */
    @Payload(
            name = "flood",
            binary = "head",
            defaultArgs = {"-c", "67108864", "/dev/zero"})
    public static final class Flood {}

    /** Is not there. */
    @Payload(binary = "there-is-no-such-program")
    public static final class Missing {}

    @KtstrTest(durationS = 20, payload = Fio.class, workloads = StressNg.class)
    public void fioBesideStress(Ctx ctx) {}

    @KtstrTest(durationS = 2, workloads = StressNg.class, notStarved = false)
    public AssertResult workersBesideStress(Ctx ctx) {
        return ctx.executeDefs(CgroupDef.named("workers").workers(2));
    }

    @KtstrTest(durationS = 1)
    public void payloadsOfTheBody(Ctx ctx) {}

    @KtstrTest(payload = Missing.class)
    public void missing(Ctx ctx) {}

    @KtstrTest(llcs = 2, cores = 2, durationS = 1)
    public void byHand(Ctx ctx) {}

    @KtstrTest(hostOnly = true)
    public void onTheHost(Ctx ctx) {}
}
