package dev.ktstr.rules;

import dev.ktstr.annotations.Scheduler;
import dev.ktstr.annotations.Topology;
import dev.ktstr.annotations.TopologyConstraints;
import dev.ktstr.rules.SchedulerModel.Setting;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the model of a scheduler from plain values, for one that is defined at run time. Attributes are named as in
 * {@link Scheduler}; those of its topology, constraints and checks too. What is not set has the annotation's default.
 *
 * <p>The place of every finding is {@link Place#NOWHERE}; the message names the attribute.
 */
public final class SchedulerModelBuilder {
    private final String display;
    private final String type;
    private final Attributes values = new Attributes();
    private final List<Setting> sysctls = new ArrayList<>();
    private final List<FlagModel> flags = new ArrayList<>();

    /**
     * Starts a model.
     *
     * @param display what a message calls it, such as {@code acme.Defs#LAYERED}
     */
    public SchedulerModelBuilder(String display) {
        this.display = display;
        this.type = display;
        for (Class<? extends Annotation> source : List.of(Scheduler.class, Topology.class, TopologyConstraints.class)) {
            for (Method attribute : source.getDeclaredMethods()) {
                setDefault(attribute.getName(), attribute.getDefaultValue());
            }
        }
    }

    /**
     * Sets an attribute that holds one value: a string, an int, a long, a double or a boolean.
     *
     * @throws IllegalArgumentException when the scheduler has no such attribute of this type
     */
    public SchedulerModelBuilder set(String attribute, Object value) {
        Class<?> threshold = Thresholds.ALL.get(attribute);
        boolean known = values.find(attribute)
                .map(a -> a.value().getClass().equals(value.getClass()))
                .orElse(value.getClass().equals(threshold));
        if (!known) {
            throw new IllegalArgumentException("a scheduler has no attribute " + attribute + " that could be " + value);
        }
        values.put(new Attribute<>(attribute, value, Origin.SCHEDULER, Place.NOWHERE));
        return this;
    }

    /**
     * Sets an attribute that is a list of strings.
     *
     * @throws IllegalArgumentException when the scheduler has no such list
     */
    public SchedulerModelBuilder set(String attribute, List<String> texts) {
        values.list(attribute);
        values.putList(list(attribute, Origin.SCHEDULER, texts.stream()));
        return this;
    }

    /** Adds a kernel parameter. */
    public SchedulerModelBuilder sysctl(String key, String value) {
        sysctls.add(new Setting(new Attribute<>("key", key, Origin.SCHEDULER, Place.NOWHERE), value));
        return this;
    }

    /**
     * Adds a flag.
     *
     * @param constant its name as an enum constant has it, {@code REJECT_PIN}
     * @param requires constants of flags it cannot be used without
     */
    public SchedulerModelBuilder flag(String constant, List<String> args, List<String> requires) {
        flags.add(new FlagModel(
                constant,
                Place.NOWHERE,
                true,
                List.copyOf(args),
                list("requires", Origin.SCHEDULER, requires.stream()).value()));
        return this;
    }

    /** The model; {@link Rules#check(SchedulerModel)} judges it. */
    public SchedulerModel build() {
        return new SchedulerModel(display, type, Place.NOWHERE, values, "", List.copyOf(sysctls), List.copyOf(flags));
    }

    private void setDefault(String name, Object value) {
        if (value instanceof String[]) {
            values.putList(list(name, Origin.DEFAULT, Stream.empty()));
        } else if (value instanceof String || value instanceof Integer || value instanceof Boolean) {
            values.put(new Attribute<>(name, value, Origin.DEFAULT, Place.NOWHERE));
        }
    }

    private static Attribute<List<Attribute<String>>> list(String name, Origin origin, Stream<String> texts) {
        return new Attribute<>(
                name,
                texts.map(t -> new Attribute<>(name, t, origin, Place.NOWHERE)).toList(),
                origin,
                Place.NOWHERE);
    }
}
