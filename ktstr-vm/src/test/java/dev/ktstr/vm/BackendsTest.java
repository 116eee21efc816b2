package dev.ktstr.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ktstr.vm.kvm.KvmProbe;
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
    void kvmIsRefusedWhereItCannotRunGuestsAndTheMessageSaysWhatToUse() {
        Backend.Availability probed = KvmProbe.probe();
        if (probed.usable()) {
            assertThat(Backends.select("kvm").name()).isEqualTo("kvm");
        } else {
            assertThatThrownBy(() -> Backends.select("kvm"))
                    .isInstanceOf(VmException.class)
                    .hasMessageContaining(probed.detail())
                    .hasMessageContaining("-Dktstr.backend=qemu");
        }
    }

    @Test
    void withoutAWishUsableKvmIsTakenAndElseQemu() {
        String expected = KvmProbe.probe().usable() ? "kvm" : "qemu";
        Backend chosen = Backends.select(null);
        assertThat(chosen.name()).isEqualTo(expected);
        assertThat(Backends.all()).contains(chosen);
        assertThat(Backends.select("auto")).isSameAs(chosen);
        assertThat(Backends.reason(null, chosen))
                .startsWith("backend " + expected + ": ")
                .doesNotContain("\n");
        assertThat(Backends.reason(expected, chosen)).startsWith("backend " + expected + " (forced): ");
    }
}
