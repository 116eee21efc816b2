package dev.ktstr.guest.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WireTest {
    @Test
    void everyMessageComesBackAsItWas() {
        for (Class<?> type : Schema.MESSAGES) {
            RandomRecords records = new RandomRecords(type.getName().hashCode());
            for (int i = 0; i < 200; i++) {
                Record value = records.next(type);
                assertThat(decode(type, Wire.encode(value))).isEqualTo(value);
            }
        }
    }

    @Test
    void bytesAreLittleEndianInOrderOfTheComponentsWithNothingBetween() {
        byte[] bytes = Wire.encode(new Phase(PhaseKind.YIELD, 0x0102030405060708L));
        assertThat(bytes).containsExactly(3, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1);
        assertThat(Wire.encode(new Failure("hé"))).containsExactly(3, 0, 0, 0, 'h', 0xc3, 0xa9);
    }

    @Test
    void everyTruncationIsRefused() {
        byte[] bytes = Wire.encode(new RandomRecords(7).next(Hello.class));
        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> Wire.decode(Hello.class, cut)).isInstanceOf(WireException.class);
        }
    }

    @Test
    void bytesBehindTheEndAreRefused() {
        byte[] bytes = Wire.encode(new Failure("x"));
        assertThatThrownBy(() -> Wire.decode(Failure.class, Arrays.copyOf(bytes, bytes.length + 2)))
                .isInstanceOf(WireException.class)
                .hasMessage("Failure: 2 bytes too many");
    }

    @Test
    void aCountThatCannotBeThereIsRefusedBeforeAnythingIsAllocated() {
        byte[] huge = {(byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 0};
        assertThatThrownBy(() -> Wire.decode(ScenarioPlan.class, huge))
                .isInstanceOf(WireException.class)
                .hasMessageContaining("a count of 2147483647 elements does not fit in the 1 bytes left");
    }

    @Test
    void anUnknownCodeAndABooleanOfTwoAreRefused() {
        assertThatThrownBy(() -> Wire.decode(Phase.class, new byte[] {9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
                .hasMessage("Phase: 9 is no PhaseKind");
        assertThatThrownBy(() -> Wire.decode(ScenarioPlan.class, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 2}))
                .hasMessage("ScenarioPlan: 2 is no boolean");
    }

    @Test
    void randomDamageNeverEscapesAsAnythingButWireException() {
        Random random = new Random(42);
        byte[] good = Wire.encode(new RandomRecords(3).next(WorkersDone.class));
        for (int i = 0; i < 20_000; i++) {
            byte[] bad = good.clone();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            try {
                Wire.decode(WorkersDone.class, bad);
            } catch (WireException expected) {
                assertThat(expected).hasMessageStartingWith("WorkersDone: ");
            }
        }
    }

    @Test
    void theHashFollowsTheShapes() {
        assertThat(Schema.text())
                .contains(
                        "Phase{kind:PhaseKind;durationNs:I64;}", "WorkKind{SPIN_WAIT=1;", "KT_HOST_RING_SIZE=16777216");
        assertThat(Wire.PROTOCOL_HASH).isEqualTo(Schema.hash());
    }

    @Test
    void codesOfMessagesAreUnique() {
        assertThat(List.of(MessageType.values())).extracting(MessageType::code).doesNotHaveDuplicates();
    }

    @SuppressWarnings("unchecked")
    private static Record decode(Class<?> type, byte[] bytes) {
        return Wire.decode((Class<? extends Record>) type, bytes);
    }
}
