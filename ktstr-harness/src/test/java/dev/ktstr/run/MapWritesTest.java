package dev.ktstr.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.bpf.BpfException;
import dev.ktstr.vm.bpf.BpfMap;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which map a name of {@code @BpfMapWrite} is. */
class MapWritesTest {
    private static final BpfMap FIRST = map(1, "scx_a.bss");
    private static final BpfMap SECOND = map(2, "scx_b.bss");
    private static final BpfMap OTHER = map(3, "bss");

    private static BpfMap map(int id, String name) {
        return new BpfMap(0, id, name, "array", 4, 8, 1, 0, Optional.empty(), 0, 0, Optional.empty());
    }

    @Test
    void aNameIsTheWholeNameOfOneOrTheEndOfOne() {
        assertThat(MapWrites.named(List.of(FIRST, SECOND), "scx_b.bss")).contains(SECOND);
        assertThat(MapWrites.named(List.of(FIRST, OTHER), ".bss")).contains(FIRST);
        assertThat(MapWrites.named(List.of(FIRST, SECOND, OTHER), "bss")).contains(OTHER);
        assertThat(MapWrites.named(List.of(FIRST), ".data")).isEmpty();
    }

    @Test
    void aNameThatTwoHaveIsNotGuessed() {
        assertThatThrownBy(() -> MapWrites.named(List.of(FIRST, SECOND), ".bss"))
                .isInstanceOf(BpfException.class)
                .hasMessage("2 BPF maps are named so: [scx_a.bss, scx_b.bss]; write the whole name of one");
        assertThatThrownBy(() -> MapWrites.named(List.of(FIRST, map(4, "scx_a.bss")), "scx_a.bss"))
                .hasMessage("2 BPF maps are named so: [scx_a.bss, scx_a.bss], and nothing tells them apart");
    }
}
