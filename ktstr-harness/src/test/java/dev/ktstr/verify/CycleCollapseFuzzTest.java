package dev.ktstr.verify;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/** A scheduler may print anything. */
class CycleCollapseFuzzTest {
    @FuzzTest(maxDuration = "20s")
    void collapses(byte[] data) {
        String text = new String(data, StandardCharsets.UTF_8);
        CycleCollapseTest.check(text);
        for (VerifierLog log : VerifierLog.in(text)) {
            log.collapsed();
            log.stats();
            log.reason();
        }
    }
}
