package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Scheduler(name = "path-relative", binary = "b", configFileArg = "-c {file}", configFileGuestPath = "c.json")
interface PathRelative {}

@Scheduler(name = "path-folder", binary = "b", configFileArg = "-c {file}", configFileGuestPath = "/etc/")
interface PathFolder {}

@Scheduler(name = "path-up", binary = "b", configFileArg = "-c {file}", configFileGuestPath = "/a/../b")
interface PathUp {}

@Scheduler(name = "path-alone", binary = "b", configFileGuestPath = "/include-files/c.json")
interface PathAlone {}

@Scheduler(name = "path-missing", binary = "b", configFileArg = "-c {file}")
interface PathMissing {}
