package acme;

import dev.ktstr.annotations.Claimable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

@Claimable(subject = "queue")
public record Latency(
        String queue,
        long p99Us,
        Integer depth,
        boolean steady,
        OptionalDouble cv,
        Optional<String> owner,
        List<Integer> cpus,
        List<String> notes,
        Set<Integer> nodes,
        Map<String, Long> counters,
        char kind) {
    public double tail() {
        return p99Us * 2.0;
    }

    @Deprecated
    int old() {
        return 1;
    }

    public Latency add(Latency other) {
        return other;
    }

    public String load() throws IOException {
        return "";
    }

    private int secret() {
        return 1;
    }

    @Claimable
    record Boxed<T extends Comparable<T>>(T value, Optional<T> maybe, List<T> all, List<? extends Number> wild) {}
}
