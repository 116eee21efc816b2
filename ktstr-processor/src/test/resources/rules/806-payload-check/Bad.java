package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(
        binary = "fio",
        output = PayloadOutput.JSON,
        checks = {
            @PayloadCheck(metric = ""),
            @PayloadCheck(metric = "iops", min = 2, max = 1),
            @PayloadCheck(metric = "iops", min = Double.NaN)
        })
class CheckBad {}

@Payload(binary = "fio", checks = @PayloadCheck(metric = "iops", min = 1))
class CheckNoOutput {}
