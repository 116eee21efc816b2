package dev.ktstr.payload;

import dev.ktstr.PayloadResult;
import dev.ktstr.payload.PayloadEntry.Metric;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What the sidecar says of a payload that ran: a value that was not measured is absent. */
public final class PayloadFacts {
    /** Where a payload declares no metrics, the figures it prints are kept, up to so many. */
    private static final int MOST_UNDECLARED = 500;

    private PayloadFacts() {}

    /** The entry of one payload. */
    public static Map<String, Object> of(PayloadEntry payload, PayloadResult result) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", result.name());
        facts.put("type", payload.type());
        facts.put("argv", result.argv());
        if (result.signal() == 0) {
            facts.put("exitCode", result.exitCode());
        } else {
            facts.put("signal", result.signal());
        }
        facts.put("timedOut", result.timedOut());
        facts.put("stopped", result.stopped());
        facts.put("durationMs", Math.round(result.ran().toNanos() / 1e3) / 1e3);
        facts.put("outputBytes", result.outputBytes());
        facts.put("passed", result.passed());
        Map<String, Object> metrics = metrics(payload, result);
        if (!metrics.isEmpty()) {
            facts.put("metrics", metrics);
        }
        return facts;
    }

    private static Map<String, Object> metrics(PayloadEntry payload, PayloadResult result) {
        Set<String> names = new LinkedHashSet<>();
        payload.metrics().forEach(m -> names.add(m.name()));
        payload.checks().forEach(c -> names.add(c.metric()));
        if (payload.metrics().isEmpty()) {
            result.figures().keySet().stream().limit(MOST_UNDECLARED).forEach(names::add);
        }
        Map<String, Object> metrics = new LinkedHashMap<>();
        for (String name : names) {
            result.figure(name).ifPresent(value -> metrics.put(name, metric(payload, name, value)));
        }
        return metrics;
    }

    private static Map<String, Object> metric(PayloadEntry payload, String name, double value) {
        Map<String, Object> metric = new LinkedHashMap<>();
        metric.put("value", value);
        for (Metric known : payload.metrics()) {
            if (known.name().equals(name)) {
                if (!known.unit().isEmpty()) {
                    metric.put("unit", known.unit());
                }
                metric.put("polarity", known.polarity());
            }
        }
        return metric;
    }
}
