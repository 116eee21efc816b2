package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "wants-it", binary = "b", configFileArg = "-c {file}", configFileGuestPath = "/include-files/c.json")
interface WantsIt {}

class GivesIt {
    @KtstrTest(scheduler = WantsIt.class, config = "")
    void empty(Ctx ctx) {}
}
