package acme.deep;

import dev.ktstr.junit.KtstrRunner;
import dev.ktstr.junit.KtstrVariant;
import dev.ktstr.junit.KtstrVariants;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Generated("dev.ktstr.processor.KtstrProcessor")
@Tag("gauntlet")
@DisplayName("gauntlet/$dollar")
class Outer_Inner_$dollar_GauntletIT {
    private static void test(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> Outer.Inner.$dollar(ctx));
    }

    @Nested
    @DisplayName("tiny-1llc")
    class Tiny1llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "tiny-1llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/tiny-1llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("tiny-2llc")
    class Tiny2llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "tiny-2llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/tiny-2llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-3llc")
    class Odd3llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "odd-3llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/odd-3llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-5llc")
    class Odd5llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "odd-5llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/odd-5llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-7llc")
    class Odd7llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "odd-7llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/odd-7llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("smt-2llc")
    class Smt2llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "smt-2llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/smt-2llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("smt-3llc")
    class Smt3llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "smt-3llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/smt-3llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-4llc")
    class Medium4llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "medium-4llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/medium-4llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-8llc")
    class Medium8llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "medium-8llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/medium-8llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-4llc")
    class Large4llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "large-4llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/large-4llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-8llc")
    class Large8llc {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "large-8llc",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/large-8llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-4llc-nosmt")
    class Medium4llcNosmt {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "medium-4llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/medium-4llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-8llc-nosmt")
    class Medium8llcNosmt {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "medium-8llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/medium-8llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-4llc-nosmt")
    class Large4llcNosmt {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "large-4llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/large-4llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-8llc-nosmt")
    class Large8llcNosmt {
        @KtstrVariants(
                test = "acme.deep.Outer.Inner#$dollar",
                preset = "large-8llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/$dollar/large-8llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            Outer_Inner_$dollar_GauntletIT.test(variant);
        }
    }
}
