package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(binary = "fio")
class OwnName {}

@Payload(name = "own_name", binary = "fio")
class Another {}
