package dev.ktstr.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GauntletPresetTest {
    @Test
    void there_are_24_presets_with_names_and_topologies_of_their_own() {
        assertThat(GauntletPreset.all()).hasSize(24);
        assertThat(GauntletPreset.all()).extracting(GauntletPreset::name).doesNotHaveDuplicates();
        assertThat(GauntletPreset.all()).extracting(GauntletPreset::topology).doesNotHaveDuplicates();
    }

    @Test
    void on_aarch64_the_14_presets_without_threads_are_left() {
        assertThat(GauntletPreset.all("aarch64"))
                .hasSize(14)
                .allMatch(p -> p.topology().threadsPerCore() == 1);
        assertThat(GauntletPreset.all("x86_64")).isEqualTo(GauntletPreset.all());
    }

    @Test
    void a_preset_is_found_by_its_name() {
        assertThat(GauntletPreset.named("numa4-12llc"))
                .get()
                .hasToString("GauntletPreset[name=numa4-12llc, topology=4n12l8c2t]");
        assertThat(GauntletPreset.named("numa4-13llc")).isEmpty();
    }

    @Test
    void two_or_more_llcs_with_smt_take_exactly_these_six() {
        assertThat(new TopologyLimits(2, 12, 1, 192, 1, 1, true).presets())
                .extracting(GauntletPreset::name)
                .containsExactly("smt-2llc", "smt-3llc", "medium-4llc", "medium-8llc", "large-4llc", "large-8llc");
    }

    @Test
    void limits_that_say_nothing_take_one_node_up_to_12_llcs() {
        assertThat(TopologyLimits.DEFAULT.presets())
                .extracting(GauntletPreset::name)
                .containsExactly(
                        "tiny-1llc",
                        "tiny-2llc",
                        "odd-3llc",
                        "odd-5llc",
                        "odd-7llc",
                        "smt-2llc",
                        "smt-3llc",
                        "medium-4llc",
                        "medium-8llc",
                        "large-4llc",
                        "large-8llc",
                        "medium-4llc-nosmt",
                        "medium-8llc-nosmt",
                        "large-4llc-nosmt",
                        "large-8llc-nosmt");
    }

    @ParameterizedTest
    @CsvSource({
        "2, 3, 8, 12, 1, 2, false, 1n2l4c1t, true",
        "3, 3, 8, 12, 1, 2, false, 1n2l4c1t, false",
        "1, 1, 8, 12, 1, 2, false, 1n2l4c1t, false",
        "2, 2, 9, 12, 1, 2, false, 1n2l4c1t, false",
        "2, 2, 8, 8, 1, 1, false, 1n2l4c1t, true",
        "2, 2, 7, 7, 1, 1, false, 1n2l4c1t, false",
        "2, 2, 8, 8, 2, 2, false, 1n2l4c1t, false",
        "2, 2, 8, 8, 1, 1, false, 2n2l4c1t, false",
        "2, 2, 8, 8, 1, 1, true, 1n2l4c1t, false",
        "2, 2, 8, 8, 1, 1, true, 1n2l2c2t, true"
    })
    void bounds_are_inclusive(
            int minLlcs,
            int maxLlcs,
            int minCpus,
            int maxCpus,
            int minNodes,
            int maxNodes,
            boolean smt,
            String topology,
            boolean taken) {
        assertThat(new TopologyLimits(minLlcs, maxLlcs, minCpus, maxCpus, minNodes, maxNodes, smt)
                        .accepts(CpuTopology.parse(topology)))
                .isEqualTo(taken);
    }
}
