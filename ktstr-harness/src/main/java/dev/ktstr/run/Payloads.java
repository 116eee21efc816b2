package dev.ktstr.run;

import dev.ktstr.guest.GuestFile;
import dev.ktstr.payload.PayloadEntry;
import dev.ktstr.rules.Suggestions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The payloads that are, or are to be, in a variant's guest. Those of the test's attributes are there from the start; one that
 * only an op or the test's body names is added when it is named. Used by one thread.
 */
final class Payloads {
    private final PayloadFiles source;
    private final GuestFiles files;
    private final Map<String, PayloadEntry> entries = new LinkedHashMap<>();
    private final Map<String, String> programs = new LinkedHashMap<>();

    Payloads(PayloadFiles source, GuestFiles files) {
        this.source = source;
        this.files = files;
    }

    /** Adds one, unless it is there. */
    void add(PayloadEntry payload) {
        if (!programs.containsKey(payload.type())) {
            programs.put(payload.type(), source.add(payload, files));
            entries.put(payload.type(), payload);
        }
    }

    /**
     * The payload that a class declares; it is added.
     *
     * @throws RunException when the class declares none, or its program is missing
     */
    PayloadEntry of(Class<?> type) {
        String name = Optional.ofNullable(type.getCanonicalName()).orElse(type.getName());
        PayloadEntry known = entries.get(name);
        if (known != null) {
            return known;
        }
        ClassLoader loader = Optional.ofNullable(type.getClassLoader()).orElse(Payloads.class.getClassLoader());
        PayloadEntry found = Registry.load(loader)
                .payload(name)
                .orElseThrow(() -> RunException.setup(
                        "scenario",
                        name + " is no payload: " + Registry.RESOURCE
                                + " does not have it. Hint: annotate the class with @Payload, and compile again."));
        add(found);
        return found;
    }

    /**
     * The payload of that name: one that is there already, else one of any registry; it is added.
     *
     * @throws IllegalArgumentException when there is none
     */
    PayloadEntry named(String name) {
        Optional<PayloadEntry> known =
                entries.values().stream().filter(p -> p.name().equals(name)).findFirst();
        if (known.isPresent()) {
            return known.get();
        }
        Registry registry =
                Registry.load(Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                        .orElse(Payloads.class.getClassLoader()));
        List<PayloadEntry> all = registry.payloads();
        PayloadEntry found = all.stream()
                .filter(p -> p.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no payload '" + name + "'"
                        + Suggestions.nearest(
                                        name,
                                        all.stream().map(PayloadEntry::name).toList())
                                .map(near -> " (did you mean '" + near + "'?)")
                                .orElse("")
                        + ". Hint: declare it with @Payload; the name is that of the annotation, or the class's in"
                        + " kebab-case."));
        add(found);
        return found;
    }

    /** How it is called in the guest: with these arguments, or with its own where there are none. */
    List<String> argv(PayloadEntry payload, List<String> args) {
        List<String> argv = new ArrayList<>();
        argv.add(Optional.ofNullable(programs.get(payload.type())).orElseThrow());
        argv.addAll(args.isEmpty() ? payload.defaultArgs() : args);
        return argv;
    }

    /**
     * The command of a custom worker as the guest runs it; its program is added.
     *
     * @param hostCommand program and arguments; the program by its path, from the module's folder, or by name
     * @throws RunException when the program is missing
     */
    List<String> custom(List<String> hostCommand) {
        List<String> argv = new ArrayList<>(hostCommand);
        argv.set(0, source.addCustom(hostCommand.get(0), files));
        return argv;
    }

    /** What has to be sent before they can be started. */
    List<GuestFile> unsent() {
        return files.take();
    }
}
