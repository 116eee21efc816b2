package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(binary = "fio")
class SameName {}

@Payload(name = "same-name", binary = "fio")
class TheOther {}
