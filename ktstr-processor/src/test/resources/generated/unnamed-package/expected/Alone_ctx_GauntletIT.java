import dev.ktstr.junit.KtstrRunner;
import dev.ktstr.junit.KtstrVariant;
import dev.ktstr.junit.KtstrVariants;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Generated("dev.ktstr.processor.KtstrProcessor")
@Tag("gauntlet")
@DisplayName("gauntlet/ctx")
class Alone_ctx_GauntletIT {
    private static void test(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> new Alone().ctx(ctx));
    }

    @Nested
    @DisplayName("tiny-1llc")
    class Tiny1llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "tiny-1llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/tiny-1llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("tiny-2llc")
    class Tiny2llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "tiny-2llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/tiny-2llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-3llc")
    class Odd3llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "odd-3llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/odd-3llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-5llc")
    class Odd5llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "odd-5llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/odd-5llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-7llc")
    class Odd7llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "odd-7llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/odd-7llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("smt-2llc")
    class Smt2llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "smt-2llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/smt-2llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("smt-3llc")
    class Smt3llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "smt-3llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/smt-3llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-4llc")
    class Medium4llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "medium-4llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/medium-4llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-8llc")
    class Medium8llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "medium-8llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/medium-8llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-4llc")
    class Large4llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "large-4llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/large-4llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-8llc")
    class Large8llc {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "large-8llc",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/large-8llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-4llc-nosmt")
    class Medium4llcNosmt {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "medium-4llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/medium-4llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-8llc-nosmt")
    class Medium8llcNosmt {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "medium-8llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/medium-8llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-4llc-nosmt")
    class Large4llcNosmt {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "large-4llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/large-4llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-8llc-nosmt")
    class Large8llcNosmt {
        @KtstrVariants(
                test = "Alone#ctx",
                preset = "large-8llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/ctx/large-8llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Alone_ctx_GauntletIT.test(variant);
        }
    }
}
