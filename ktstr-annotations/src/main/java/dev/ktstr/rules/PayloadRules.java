package dev.ktstr.rules;

import dev.ktstr.rules.PayloadModel.CheckModel;
import dev.ktstr.rules.PayloadModel.MetricModel;
import dev.ktstr.rules.TestModel.PayloadRef;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A payload has a program and figures that can be judged, and a test names each payload once. */
final class PayloadRules {
    /** The figure that every payload has. */
    private static final String EXIT_CODE = "exit-code";

    private final Findings out;

    PayloadRules(Findings out) {
        this.out = out;
    }

    void check(TestModel test) {
        Map<String, String> seen = new HashMap<>();
        for (PayloadRef ref : test.payloads()) {
            if (!ref.isPayload()) {
                out.add(
                        Codes.NOT_A_PAYLOAD,
                        ref.place(),
                        ref.attribute() + " of " + test.name() + " names " + ref.type()
                                + ", which is not annotated @Payload",
                        "The harness does not know what to start",
                        "name a type annotated @Payload");
            }
            String before = seen.putIfAbsent(ref.type(), ref.attribute());
            if (before != null) {
                out.add(
                        Codes.PAYLOAD_TWICE,
                        ref.place(),
                        test.name() + " names " + ref.type()
                                + (before.equals(ref.attribute())
                                        ? " twice in " + before
                                        : " in both " + before + " and " + ref.attribute()),
                        "Its figures would be reported under one name",
                        "drop one, or declare a second payload for the same program");
            }
        }
    }

    void check(PayloadModel p) {
        Attribute<String> binary = p.values().string("binary");
        if (binary.value().isBlank()) {
            out.add(
                    Codes.PAYLOAD_BINARY,
                    binary.place(),
                    p.display() + " names no program",
                    "The harness does not know what to start",
                    "write binary = \"name or path of the program\"");
        }
        Set<String> names = new HashSet<>();
        for (MetricModel metric : p.metrics()) {
            checkMetric(p, metric, names);
        }
        boolean json = p.values().string("output").value().equals("JSON");
        if (!json && !p.metrics().isEmpty()) {
            out.add(
                    Codes.NO_EFFECT,
                    p.metrics().get(0).name().place(),
                    "metrics of " + p.display() + " have no effect with output = EXIT_CODE",
                    "Its output is not read, so it has no figures",
                    "write output = PayloadOutput.JSON, or drop metrics");
        }
        p.checks().forEach(check -> checkCheck(p, check, json));
    }

    private void checkMetric(PayloadModel p, MetricModel metric, Set<String> names) {
        String name = metric.name().value();
        String problem = name.isBlank()
                ? "without a name"
                : names.add(name) ? null : "named " + Attribute.quote(name) + " twice";
        if (name.equals(EXIT_CODE)) {
            problem = "named " + EXIT_CODE + ", which stands for the exit code";
        }
        if (problem != null) {
            out.add(
                    Codes.METRIC_NAME,
                    metric.name().place(),
                    p.display() + " has a metric " + problem,
                    "Checks and reports could not refer to it",
                    "give every metric a name of its own");
        }
    }

    private void checkCheck(PayloadModel p, CheckModel check, boolean json) {
        String metric = check.metric().value();
        String problem = null;
        if (metric.isBlank()) {
            problem = "names no metric";
        } else if (!json && !metric.equals(EXIT_CODE)) {
            problem =
                    "is about " + Attribute.quote(metric) + ", and with output = EXIT_CODE there is only " + EXIT_CODE;
        } else if (check.min().value().isNaN() || check.max().value().isNaN()) {
            problem = "has a limit that is not a number";
        } else if (check.min().value() > check.max().value()) {
            problem = "has " + check.min().text() + " above " + check.max().text();
        }
        if (problem != null) {
            out.add(
                    Codes.PAYLOAD_CHECK,
                    check.metric().place(),
                    "a check of " + p.display() + " " + problem,
                    "It could never pass, or never fail",
                    "write a metric of its output, and min not above max");
        }
    }
}
