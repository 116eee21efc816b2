package acme;

import dev.ktstr.annotations.*;

@Claimable(subject = "queue")
record NamedQueueStats(String queue, long p99Us) {}
