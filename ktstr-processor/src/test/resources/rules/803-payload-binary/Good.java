package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload(binary = "fio")
class HasBinary {}
