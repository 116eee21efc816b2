package dev.ktstr.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuggestionsTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "LLC, '', 3",
        "LLC, LLC, 0",
        "LLC, LCL, 1",
        "STEAL, STEEL, 1",
        "STEAL, STAL, 1",
        "STEAL, STEALS, 1",
        "CA, ABC, 3",
        "KITTEN, SITTING, 3"
    })
    void distance_counts_edits_and_swaps_of_neighbours(String a, String b, int distance) {
        assertThat(Suggestions.distance(a, b)).isEqualTo(distance);
        assertThat(Suggestions.distance(b, a)).isEqualTo(distance);
    }

    @Test
    void the_nearest_name_wins_and_a_far_one_is_not_suggested() {
        List<String> known = List.of("REJECT_PIN", "BORROW", "BORROWS");

        assertThat(Suggestions.nearest("BOROWS", known)).contains("BORROWS");
        assertThat(Suggestions.nearest("reject-pin", known)).contains("REJECT_PIN");
        assertThat(Suggestions.nearest("NUMA", known)).isEmpty();
        assertThat(Suggestions.nearest("NUMA", List.of())).isEmpty();
    }
}
