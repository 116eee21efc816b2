package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "takes-one", binary = "b", configFileArg = "-c {file}", configFileGuestPath = "/include-files/c.json")
interface TakesOne {}

class Taken {
    @KtstrTest(scheduler = TakesOne.class, config = "{}")
    void inline(Ctx ctx) {}
}
