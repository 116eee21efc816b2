package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(
        binary = "fio",
        output = PayloadOutput.JSON,
        metrics = {@Metric(name = "iops", polarity = Polarity.HIGHER_IS_BETTER, unit = "1/s"), @Metric(name = "lat.p99")})
class MetricGood {}
