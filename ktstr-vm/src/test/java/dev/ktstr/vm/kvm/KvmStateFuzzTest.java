package dev.ktstr.vm.kvm;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.util.List;
import java.util.Map;

class KvmStateFuzzTest {
    /** Refused with a reason, or what is encoded again is the same state. */
    @FuzzTest(maxDuration = "30s")
    void decodes(byte[] data) {
        try {
            KvmState state = KvmState.decode(data);
            KvmState again = KvmState.decode(state.encode());
            if (!names(again).equals(names(state))) {
                throw new AssertionError(names(state) + " became " + names(again));
            }
        } catch (IOException e) {
            if (e.getMessage() == null) {
                throw new AssertionError("refused without a reason", e);
            }
        }
    }

    private static List<Object> names(KvmState state) {
        return List.of(
                state.machine().keySet(), state.cpus().stream().map(Map::keySet).toList());
    }
}
