package acme;

import dev.ktstr.annotations.*;

@Claimable(subject = "queu")
record QueueStats(String queue, long p99Us) {}

@Claimable(subject = "something else")
record RingStats(String ring, long p99Us) {}
