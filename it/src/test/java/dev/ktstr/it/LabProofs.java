package dev.ktstr.it;

import java.util.Optional;

/** The same proofs on the {@code kvm} backend: {@link LabMain} runs them in the nested lab. Programs are where {@code it.tools} says. */
class LabProofs extends Proofs {
    @Override
    Optional<String> kernel() {
        return Optional.empty();
    }
}
