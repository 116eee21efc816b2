import dev.ktstr.junit.KtstrRunner;
import dev.ktstr.junit.KtstrVariant;
import dev.ktstr.junit.KtstrVariants;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;

@Generated("dev.ktstr.processor.KtstrProcessor")
class AloneKtstrIT {
    @KtstrVariants(
            test = "Alone#ctx"
    )
    @DisplayName("ktstr/ctx")
    void ctx(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> new Alone().ctx(ctx));
    }
}
