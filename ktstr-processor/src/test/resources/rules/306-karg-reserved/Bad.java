package acme;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;
import dev.ktstr.annotations.*;

@Scheduler(
        name = "kargs-bad",
        binary = "b",
        kargs = {
            "console=tty0",
            "init=/bin/sh",
            "rdinit=/bin/sh",
            "nokaslr",
            "loglevel=7",
            "memmap=1G$1G",
            "panic=10",
            "quiet panic=1 \"init\"=/x",
            "--"
        })
interface KargsBad {}
