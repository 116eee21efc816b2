package dev.ktstr.vm.template;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;

/** Whatever the bytes, the index of a template is decoded within the bounds of its file, or refused with a reason. */
class TemplateFuzzTest {
    private static final long END = 1 << 20;

    @FuzzTest(maxDuration = "30s")
    void decodes(byte[] data) {
        try {
            TemplateIndex index = TemplateIndex.decode(data, END);
            long ramEnd = 0;
            for (TemplateIndex.Part part :
                    index.parts().subList(TemplateIndex.FIRST_RAM, index.parts().size())) {
                if (part.at() < TemplateIndex.PAGE
                        || part.at() + part.length() > END
                        || part.ramOffset() < ramEnd
                        || part.length() <= 0) {
                    throw new AssertionError(part.toString());
                }
                ramEnd = part.ramOffset() + part.length();
            }
        } catch (IOException refused) {
            if (refused.getMessage() == null) {
                throw new AssertionError("an exception without a message", refused);
            }
        }
    }
}
