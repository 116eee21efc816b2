package dev.ktstr.spec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CpuTopologyTest {
    @Test
    void counts_follow_from_the_dimensions() {
        CpuTopology t = new CpuTopology(2, 8, 4, 2);

        assertThat(t.cpus()).isEqualTo(64);
        assertThat(t.cpusPerLlc()).isEqualTo(8);
        assertThat(t.llcsPerNode()).isEqualTo(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1n1l1c1t", "1n2l4c1t", "4n12l8c2t", "1n1l4096c1t"})
    void the_short_form_comes_back_from_parse(String text) {
        assertThat(CpuTopology.parse(text)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "1n2l4c", "1N2L4C1T", " 1n2l4c1t", "1n2l4c1t ", "-1n2l4c1t", "1n2l4c10000t", "1n2l4c1t1"})
    void text_of_another_form_is_refused_with_an_example(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CpuTopology.parse(text))
                .withMessage("'" + text + "' is not a topology; write it like 1n2l4c1t");
    }

    @ParameterizedTest
    @CsvSource({"0, 1, 1, 1", "1, 0, 1, 1", "1, 1, -2, 1", "1, 1, 1, 0"})
    void a_dimension_below_one_is_refused(int nodes, int llcs, int cores, int threads) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CpuTopology(nodes, llcs, cores, threads))
                .withMessageContaining("at least 1");
    }

    @Test
    void llcs_that_do_not_divide_over_the_nodes_are_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CpuTopology(2, 3, 1, 1))
                .withMessage("3 LLCs do not divide over 2 NUMA nodes");
    }

    @ParameterizedTest
    @CsvSource({"1, 4097, 1", "64, 65, 1", "65536, 65536, 1"})
    void more_cpus_than_a_guest_can_have_are_refused_even_when_the_product_overflows(int llcs, int cores, int threads) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new CpuTopology(1, llcs, cores, threads))
                .withMessageContaining("more than 4096 CPUs");
    }
}
