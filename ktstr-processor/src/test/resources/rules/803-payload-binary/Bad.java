package acme;

import dev.ktstr.*;
import dev.ktstr.annotations.*;

@Payload
class NoBinary {}

@Payload(binary = " ")
class BlankBinary {}
