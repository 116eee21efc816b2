package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "wants-one", binary = "b", configFileArg = "-c {file}", configFileGuestPath = "/include-files/c.json")
interface WantsOne {}

class GivesNone {
    @KtstrTest(scheduler = WantsOne.class)
    void none(Ctx ctx) {}
}
