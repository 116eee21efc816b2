package dev.ktstr.run.encode;

import dev.ktstr.Op;
import java.util.function.Supplier;

/** Says where in a scenario something is refused. Steps and ops are counted from 1, as authors count. */
final class Place {
    private Place() {}

    /** Where an op stands. */
    static String of(int step, int op, Op operation) {
        String subject = operation.subject();
        return (step < 0 ? "backdrop" : "step " + (step + 1)) + ", op " + (op + 1) + " (" + operation.what()
                + (subject.isEmpty() ? "" : " '" + subject + "'") + ")";
    }

    /** Where a cgroup of a set-up stands; the step is left out where there is only one. */
    static String of(int step, boolean onlyStep, String cgroup) {
        String where = step < 0 ? "backdrop, " : onlyStep ? "" : "step " + (step + 1) + ", ";
        return where + "cgroup '" + cgroup + "'";
    }

    /** Does something there; a refusal names the place. */
    static <T> T at(String place, Supplier<T> work) {
        try {
            return work.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }
}
