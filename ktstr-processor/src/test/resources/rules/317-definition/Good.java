package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class DefsGood {
    static final SchedulerDefinition LAYERED = new SchedulerDefinition();
    final SchedulerDefinition ofInstance = LAYERED;
    static final String TEXT = "";

    DefsGood() {}
}

@Scheduler(name = "defined", from = DefsGood.class, constant = "LAYERED", schedArgs = "--more")
interface Defined {}
