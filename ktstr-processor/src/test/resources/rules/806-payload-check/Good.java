package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(
        binary = "fio",
        output = PayloadOutput.JSON,
        checks = {
            @PayloadCheck(metric = "iops", min = 1, max = 1),
            @PayloadCheck(metric = "lat"),
            @PayloadCheck(metric = "exit-code", max = 0)
        })
class CheckGood {}
