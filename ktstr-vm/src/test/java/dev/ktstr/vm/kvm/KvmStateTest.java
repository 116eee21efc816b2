package dev.ktstr.vm.kvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KvmStateTest {
    private static final KvmState STATE = new KvmState(
            Map.of("CLOCK", new byte[] {1, 2}, "PIT2", new byte[0]),
            List.of(Map.of("REGS", new byte[] {3}), Map.of("REGS", new byte[] {4, 5, 6})));

    @Test
    void whatIsEncodedIsDecoded() throws IOException {
        KvmState decoded = KvmState.decode(STATE.encode());
        assertThat(decoded.machine()).containsOnlyKeys("CLOCK", "PIT2");
        assertThat(decoded.machine().get("CLOCK")).containsExactly(1, 2);
        assertThat(decoded.cpus()).hasSize(2);
        assertThat(decoded.cpus().get(1).get("REGS")).containsExactly(4, 5, 6);
    }

    @Test
    void aStateCutOffAtAnyLengthIsRefused() {
        byte[] whole = STATE.encode();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatExceptionOfType(IOException.class)
                    .as("of %d bytes", length)
                    .isThrownBy(() -> KvmState.decode(cut));
        }
    }

    @Test
    void moreThanAStateIsRefused() {
        byte[] whole = STATE.encode();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> KvmState.decode(Arrays.copyOf(whole, whole.length + 1)))
                .withMessageContaining("behind its end");
    }

    @Test
    void aPartThatIsNotThereIsNamed() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> KvmState.part(Map.of(), "XSAVE"))
                .withMessageContaining("'XSAVE'");
    }
}
