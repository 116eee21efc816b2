package dev.ktstr.guest;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Whatever the bytes, the ELF reader gives an answer or an {@link ElfException}. */
class ElfFuzzTest {
    @FuzzTest(maxDuration = "30s")
    void parses(byte[] data) throws IOException {
        try {
            ElfFile.parse(ElfFile.Content.of(data));
        } catch (ElfException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("an exception without a message", refused);
            }
        }
    }
}
