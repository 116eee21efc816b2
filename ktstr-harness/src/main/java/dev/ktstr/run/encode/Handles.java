package dev.ktstr.run.encode;

import dev.ktstr.rules.Suggestions;
import java.util.TreeMap;

/** The payloads that may still run at a point of the scenario, by handle; each with the step that ends it. */
final class Handles {
    private final TreeMap<String, Integer> running = new TreeMap<>();
    private final TreeMap<String, Integer> ended = new TreeMap<>();

    /** Starts one. */
    void start(String handle, int owner) {
        if (running.putIfAbsent(handle, owner) != null) {
            throw new IllegalArgumentException(
                    "payload '" + handle
                            + "' runs already. Hint: call the second one something else with .as(\"other\"), or wait for the first");
        }
        ended.remove(handle);
    }

    /** Waits for one or kills it. */
    void finish(String handle) {
        Integer owner = running.remove(handle);
        if (owner != null) {
            ended.put(handle, owner);
            return;
        }
        if (ended.containsKey(handle)) {
            throw new IllegalArgumentException("payload '" + handle + "' has ended before this op");
        }
        throw new IllegalArgumentException("no payload '" + handle + "' was started before this op."
                + Suggestions.nearest(handle, running.keySet())
                        .map(near -> " Did you mean '" + near + "'?")
                        .orElse("")
                + (running.isEmpty() ? "" : " There run " + String.join(", ", running.keySet()) + "."));
    }

    /** Whether any runs. */
    boolean any() {
        return !running.isEmpty();
    }

    /** Ends those of a step. */
    void end(int step) {
        running.entrySet().stream()
                .filter(entry -> entry.getValue() == step)
                .map(java.util.Map.Entry::getKey)
                .toList()
                .forEach(handle -> ended.put(handle, running.remove(handle)));
    }
}
