package dev.ktstr.it;

import java.util.Optional;

/** On the kernel of this process, a 7.x unless another is asked for. */
class IntrospectionIT extends Introspection {
    @Override
    Optional<String> kernel() {
        return Optional.empty();
    }
}
