package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "fewer-sched", binary = "b")
enum FewerSched {
    @Flag(args = "--f0")
    F0,
    @Flag(args = "--f1")
    F1,
    @Flag(args = "--f2")
    F2,
    @Flag(args = "--f3")
    F3,
    @Flag(args = "--f4")
    F4,
    @Flag(args = "--f5")
    F5,
    @Flag(args = "--f6")
    F6,
    @Flag(args = "--f7")
    F7,
    @Flag(args = "--f8")
    F8,
    @Flag(args = "--f9")
    F9,
    @Flag(args = "--f10")
    F10,
    @Flag(args = "--f11")
    F11
}

class ManyGood {
    @KtstrTest(scheduler = FewerSched.class, requiredFlags = "F3", excludedFlags = "F4")
    void quarter(Ctx ctx) {}
}
