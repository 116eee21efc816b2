package acme.deep;

import dev.ktstr.junit.KtstrRunner;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Generated("dev.ktstr.processor.KtstrProcessor")
@SuppressWarnings({"deprecation", "removal"})
class Outer_OldKtstrIT {
    @Test
    @DisplayName("ktstr/inDeprecated")
    void inDeprecated() throws Throwable {
        KtstrRunner.runVoid("acme.deep.Outer.Old#inDeprecated", ctx -> new Outer.Old().inDeprecated(ctx));
    }
}
