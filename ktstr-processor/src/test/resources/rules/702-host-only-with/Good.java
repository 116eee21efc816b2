package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class HostGood {
    @KtstrTest(hostOnly = true, performanceMode = false, scheduler = Eevdf.class)
    void plain(Ctx ctx) {}
}
