package dev.ktstr.vm.btf;

import com.code_intelligence.jazzer.junit.FuzzTest;

/** Whatever the bytes, BTF gives an answer or a {@link BtfException}. */
class BtfFuzzTest {
    private static final int MAX_TYPES = 500;

    private interface Question {
        Object ask();
    }

    private static void answer(Question question) {
        try {
            question.ask();
        } catch (BtfException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("an exception without a message", refused);
            }
        }
    }

    @FuzzTest(maxDuration = "30s")
    void reads(byte[] data) {
        Btf btf;
        try {
            btf = Btf.parse(data);
        } catch (BtfException refused) {
            return;
        }
        byte[] value = new byte[64];
        for (int i = 0; i < Math.min(btf.typeCount(), MAX_TYPES); i++) {
            int id = i;
            answer(() -> btf.type(id));
            answer(() -> btf.size(id));
            answer(() -> btf.field(id, "low"));
            answer(() -> btf.field(id, "[1].a"));
            answer(() -> btf.constantName(id, 1));
            answer(() -> BtfValue.of(btf, id, value).asLong());
            answer(() -> BtfValue.of(btf, id, value).asText());
            answer(() -> BtfValue.of(btf, id, value).names().size());
        }
        answer(() -> btf.field("task", "inners[2].b"));
        answer(() -> btf.constant("state", "STATE_ON"));
        answer(() -> BtfIndex.of(data, data.length));
    }
}
