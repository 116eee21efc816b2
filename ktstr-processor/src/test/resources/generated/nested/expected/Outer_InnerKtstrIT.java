package acme.deep;

import dev.ktstr.junit.KtstrRunner;
import dev.ktstr.junit.KtstrVariant;
import dev.ktstr.junit.KtstrVariants;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;

@Generated("dev.ktstr.processor.KtstrProcessor")
class Outer_InnerKtstrIT {
    @KtstrVariants(
            test = "acme.deep.Outer.Inner#inGeneric"
    )
    @DisplayName("ktstr/inGeneric")
    void inGeneric(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> new Outer.Inner<>().inGeneric(ctx));
    }

    @KtstrVariants(
            test = "acme.deep.Outer.Inner#$dollar"
    )
    @DisplayName("ktstr/$dollar")
    void $dollar(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> Outer.Inner.$dollar(ctx));
    }
}
