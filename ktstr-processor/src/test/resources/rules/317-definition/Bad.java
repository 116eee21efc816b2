package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

class DefsBad {
    static final SchedulerDefinition LAYERED = new SchedulerDefinition();
    final SchedulerDefinition ofInstance = LAYERED;
    static final String TEXT = "";

    DefsBad() {}
}

@Scheduler(name = "defined0", from = DefsBad.class, constant = "LAYERD")
interface Defined0 {}

@Scheduler(name = "defined1", from = DefsBad.class)
interface Defined1 {}

@Scheduler(name = "defined2", binary = "b", constant = "LAYERED")
interface Defined2 {}

@Scheduler(name = "defined3", from = DefsBad.class, constant = "ofInstance")
interface Defined3 {}

@Scheduler(name = "defined4", from = DefsBad.class, constant = "TEXT")
interface Defined4 {}
