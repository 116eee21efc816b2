package acme.deep;

import dev.ktstr.junit.KtstrRunner;
import dev.ktstr.junit.KtstrVariant;
import dev.ktstr.junit.KtstrVariants;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;

@Generated("dev.ktstr.processor.KtstrProcessor")
@SuppressWarnings({"deprecation", "removal"})
class Outer_OldKtstrIT {
    @KtstrVariants(
            test = "acme.deep.Outer.Old#inDeprecated"
    )
    @DisplayName("ktstr/inDeprecated")
    void inDeprecated(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> new Outer.Old().inDeprecated(ctx));
    }
}
