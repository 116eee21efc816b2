package dev.ktstr.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BackendsTest {
    @Test
    void anUnknownNameIsRefusedWithTheValidOnes() {
        assertThatThrownBy(() -> Backends.select("xen"))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("'xen'")
                .hasMessageContaining("auto, kvm, qemu");
    }

    @Test
    void kvmCannotBeForcedYetAndTheMessageSaysWhatToUse() {
        assertThatThrownBy(() -> Backends.select("kvm"))
                .isInstanceOf(VmException.class)
                .hasMessageContaining("-Dktstr.backend=qemu");
    }

    @Test
    void theChoiceComesWithItsReasonInOneLine() {
        Backend chosen = Backends.select(null);
        assertThat(Backends.all()).contains(chosen);
        assertThat(Backends.select("auto")).isSameAs(chosen);
        assertThat(Backends.reason(null, chosen))
                .startsWith("backend qemu: QEMU ")
                .doesNotContain("\n");
        assertThat(Backends.reason("qemu", chosen)).startsWith("backend qemu (forced): ");
    }
}
