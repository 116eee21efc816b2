package dev.ktstr.processor.model;

import dev.ktstr.rules.Attribute;
import dev.ktstr.rules.Attributes;
import dev.ktstr.rules.Origin;
import dev.ktstr.rules.PayloadModel;
import dev.ktstr.rules.PayloadModel.CheckModel;
import dev.ktstr.rules.PayloadModel.MetricModel;
import dev.ktstr.spec.SchedulerFlag;
import java.util.List;
import java.util.Optional;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;

/** Reads types annotated {@code @Payload}. */
public final class PayloadReader {
    /** Reads a type annotated {@code @Payload}; empty when it is not. */
    public Optional<PayloadUnit> payload(TypeElement type) {
        return Annotation.find(type, Names.PAYLOAD).map(a -> payload(type, a));
    }

    private static PayloadUnit payload(TypeElement type, Annotation a) {
        Attribute<String> name = a.read("name", String.class, Origin.TEST);
        Attributes values = new Attributes()
                .put(
                        name.value().isBlank()
                                ? new Attribute<>(
                                        "name",
                                        SchedulerFlag.kebab(type.getSimpleName().toString()),
                                        Origin.DEFAULT,
                                        a.location())
                                : name)
                .put(a.read("binary", String.class, Origin.TEST))
                .put(constant(a, "output"))
                .putList(a.list("defaultArgs", Origin.TEST))
                .putList(a.list("includeFiles", Origin.TEST));
        List<MetricModel> metrics = a.nestedAll("metrics").stream()
                .flatMap(m -> m
                        .written("name", String.class, Origin.TEST)
                        .map(n -> new MetricModel(
                                n,
                                constant(m, "polarity").value(),
                                m.read("unit", String.class, Origin.TEST).value()))
                        .stream())
                .toList();
        List<CheckModel> checks = a.nestedAll("checks").stream()
                .flatMap(c -> c
                        .written("metric", String.class, Origin.TEST)
                        .map(m -> new CheckModel(
                                m, c.read("min", Double.class, Origin.TEST), c.read("max", Double.class, Origin.TEST)))
                        .stream())
                .toList();
        String display = "@Payload " + type.getSimpleName();
        return new PayloadUnit(
                type,
                new PayloadModel(display, type.getQualifiedName().toString(), a.location(), values, metrics, checks));
    }

    /** An enum constant by its name. */
    private static Attribute<String> constant(Annotation a, String name) {
        Attribute<VariableElement> value = a.read(name, VariableElement.class, Origin.TEST);
        return new Attribute<>(name, value.value().getSimpleName().toString(), value.origin(), value.place());
    }
}
