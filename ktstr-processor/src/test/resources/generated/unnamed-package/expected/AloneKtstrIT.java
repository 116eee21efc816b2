import dev.ktstr.junit.KtstrRunner;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@Generated("dev.ktstr.processor.KtstrProcessor")
class AloneKtstrIT {
    @Test
    @DisplayName("ktstr/ctx")
    void ctx() throws Throwable {
        KtstrRunner.runVoid("Alone#ctx", ctx -> new Alone().ctx(ctx));
    }
}
