package dev.ktstr.it;

import java.util.Optional;

/** As {@link LabProofs}, on 6.12. */
class LabOlderProofs extends Proofs {
    @Override
    Optional<String> kernel() {
        return Optional.of("6.12");
    }
}
