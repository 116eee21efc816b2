package acme;

import javax.annotation.processing.Generated;

/**
 * Flags of {@code acme.KtstrSched}, as {@code requiredFlags} and {@code excludedFlags} take them.
 */
@Generated("dev.ktstr.processor.KtstrProcessor")
final class KtstrSchedFlags {
    /**
     * The flag {@code llc}.
     */
    public static final String LLC = "LLC";

    /**
     * The flag {@code reject-pin}.
     */
    public static final String REJECT_PIN = "REJECT_PIN";

    private KtstrSchedFlags() {
    }
}
