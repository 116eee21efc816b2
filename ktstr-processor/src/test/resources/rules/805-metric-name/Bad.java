package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(
        binary = "fio",
        output = PayloadOutput.JSON,
        metrics = {
            @Metric(name = "iops"),
            @Metric(name = "iops"),
            @Metric(name = ""),
            @Metric(name = "exit-code")
        })
class MetricBad {}
