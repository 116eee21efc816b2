package dev.ktstr.annotations;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A value that is not written is the same wherever it could have been written. */
class AnnotationsTest {
    @Test
    void a_scheduler_topology_defaults_to_what_a_test_without_a_scheduler_gets() {
        assertThat(defaults(Topology.class)).isNotEmpty();
        assertThat(defaults(KtstrTest.class)).containsAllEntriesOf(defaults(Topology.class));
    }

    @Test
    void every_check_of_a_scheduler_is_an_attribute_of_a_test_with_the_same_type_and_default() {
        assertThat(defaults(Checks.class)).isNotEmpty();
        assertThat(defaults(KtstrTest.class)).containsAllEntriesOf(defaults(Checks.class));
    }

    private static Map<String, Object> defaults(Class<? extends Annotation> annotation) {
        Map<String, Object> defaults = new TreeMap<>();
        for (Method attribute : annotation.getDeclaredMethods()) {
            defaults.put(attribute.getName(), attribute.getDefaultValue());
        }
        return defaults;
    }
}
