package dev.ktstr.run.encode;

import dev.ktstr.guest.wire.PayloadPlan;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Knows the declared payloads. */
public interface PayloadResolver {
    /** Of a run that has none: refuses each, and says so. */
    PayloadResolver NONE = new PayloadResolver() {
        @Override
        public PayloadPlan plan(
                Class<?> type, String handle, List<String> args, String cgroup, Optional<Duration> timeout) {
            throw new IllegalArgumentException(refusal(type));
        }

        @Override
        public String name(Class<?> type) {
            throw new IllegalArgumentException(refusal(type));
        }

        private String refusal(Class<?> type) {
            return "payload " + type.getName() + " cannot run here: this run has no payloads";
        }
    };

    /**
     * How the guest runs a payload.
     *
     * @param type annotated {@code @Payload}
     * @param handle what the scenario calls it
     * @param args its arguments, empty for its own
     * @param cgroup path in the guest, empty for the root
     * @throws IllegalArgumentException when there is none such, or its program is missing
     */
    PayloadPlan plan(Class<?> type, String handle, List<String> args, String cgroup, Optional<Duration> timeout);

    /** The declared name of a payload; throws as {@link #plan} does. */
    String name(Class<?> type);
}
