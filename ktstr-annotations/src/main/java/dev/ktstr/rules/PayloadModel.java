package dev.ktstr.rules;

import java.util.List;

/**
 * A payload as it is declared.
 *
 * @param display what a message calls it: {@code @Payload Fio}
 * @param type name of the declaring type
 * @param place the annotation
 * @param values by the names of {@code @Payload}; {@code output} as the name of its constant
 */
public record PayloadModel(
        String display,
        String type,
        Place place,
        Attributes values,
        List<MetricModel> metrics,
        List<CheckModel> checks) {
    /** A {@code @Metric}; {@code polarity} is the name of its constant. */
    public record MetricModel(Attribute<String> name, String polarity, String unit) {}

    /** A {@code @PayloadCheck}. */
    public record CheckModel(Attribute<String> metric, Attribute<Double> min, Attribute<Double> max) {}

    /** Its name. */
    public String name() {
        return values.string("name").value();
    }
}
