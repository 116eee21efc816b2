package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "parent-bad0", binary = "b", cgroupParent = "ktstr")
interface ParentBad0 {}

@Scheduler(name = "parent-bad1", binary = "b", cgroupParent = "/")
interface ParentBad1 {}

@Scheduler(name = "parent-bad2", binary = "b", cgroupParent = "//")
interface ParentBad2 {}

@Scheduler(name = "parent-bad3", binary = "b", cgroupParent = "/a/../b")
interface ParentBad3 {}

@Scheduler(name = "parent-bad4", binary = "b", cgroupParent = "")
interface ParentBad4 {}
