package dev.ktstr.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Schedulers and payloads have names of their own in a module. */
public final class UniqueNames {
    private final Map<String, String> schedulers = new HashMap<>();
    private final Map<String, String> payloads = new HashMap<>();
    private final Findings out = new Findings();

    /** Takes in a scheduler; of two with one name the one that comes second is reported. */
    public void add(SchedulerModel s) {
        if (!s.name().isBlank()) {
            add(schedulers, s.values().string("name"), s.type(), s.display(), Codes.SCHEDULER_NAME_TWICE);
        }
    }

    /** Takes in a payload, likewise. */
    public void add(PayloadModel p) {
        add(payloads, p.values().string("name"), p.type(), p.display(), Codes.PAYLOAD_NAME_TWICE);
    }

    /** What is wrong so far. */
    public List<Finding> findings() {
        return out.all();
    }

    private void add(Map<String, String> seen, Attribute<String> name, String type, String display, Codes code) {
        String other = seen.putIfAbsent(name.value(), type);
        if (other != null && !other.equals(type)) {
            out.add(
                    code,
                    name.place(),
                    display + " has the name " + Attribute.quote(name.value()) + " that " + other + " has too",
                    "Reports could not tell the two apart",
                    "give one of them another name");
        }
    }
}
