package acme.deep;

import dev.ktstr.junit.KtstrRunner;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Generated("dev.ktstr.processor.KtstrProcessor")
class Outer_InnerKtstrIT {
    @Test
    @DisplayName("ktstr/inGeneric")
    void inGeneric() throws Throwable {
        KtstrRunner.runVoid("acme.deep.Outer.Inner#inGeneric", ctx -> new Outer.Inner<>().inGeneric(ctx));
    }

    @Test
    @DisplayName("ktstr/$dollar")
    void $dollar() throws Throwable {
        KtstrRunner.runVoid("acme.deep.Outer.Inner#$dollar", ctx -> Outer.Inner.$dollar(ctx));
    }
}
