package acme;

import dev.ktstr.junit.KtstrRunner;
import dev.ktstr.junit.KtstrVariant;
import dev.ktstr.junit.KtstrVariants;
import javax.annotation.processing.Generated;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

@Generated("dev.ktstr.processor.KtstrProcessor")
@Tag("gauntlet")
@DisplayName("gauntlet/demoStall")
@Tag("demo")
class MixedTest_demoStall_GauntletIT {
    private static void test(KtstrVariant variant) throws Throwable {
        KtstrRunner.runVoid(variant, ctx -> new MixedTest().demoStall(ctx));
    }

    @Nested
    @DisplayName("tiny-1llc")
    class Tiny1llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "tiny-1llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/tiny-1llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "tiny-1llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/tiny-1llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "tiny-1llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/tiny-1llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("tiny-2llc")
    class Tiny2llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "tiny-2llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/tiny-2llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "tiny-2llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/tiny-2llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "tiny-2llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/tiny-2llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-3llc")
    class Odd3llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-3llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/odd-3llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-3llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/odd-3llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-3llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/odd-3llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-5llc")
    class Odd5llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-5llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/odd-5llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-5llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/odd-5llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-5llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/odd-5llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("odd-7llc")
    class Odd7llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-7llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/odd-7llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-7llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/odd-7llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "odd-7llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/odd-7llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("smt-2llc")
    class Smt2llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "smt-2llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/smt-2llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "smt-2llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/smt-2llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "smt-2llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/smt-2llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("smt-3llc")
    class Smt3llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "smt-3llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/smt-3llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "smt-3llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/smt-3llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "smt-3llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/smt-3llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-4llc")
    class Medium4llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-4llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/medium-4llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-4llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/medium-4llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-4llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/medium-4llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-8llc")
    class Medium8llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-8llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/medium-8llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-8llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/medium-8llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-8llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/medium-8llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-4llc")
    class Large4llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-4llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/large-4llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-4llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/large-4llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-4llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/large-4llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-8llc")
    class Large8llc {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-8llc",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/large-8llc/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-8llc",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/large-8llc/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-8llc",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/large-8llc/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-4llc-nosmt")
    class Medium4llcNosmt {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-4llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/medium-4llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-4llc-nosmt",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/medium-4llc-nosmt/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-4llc-nosmt",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/medium-4llc-nosmt/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("medium-8llc-nosmt")
    class Medium8llcNosmt {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-8llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/medium-8llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-8llc-nosmt",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/medium-8llc-nosmt/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "medium-8llc-nosmt",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/medium-8llc-nosmt/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-4llc-nosmt")
    class Large4llcNosmt {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-4llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/large-4llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-4llc-nosmt",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/large-4llc-nosmt/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-4llc-nosmt",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/large-4llc-nosmt/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }

    @Nested
    @DisplayName("large-8llc-nosmt")
    class Large8llcNosmt {
        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-8llc-nosmt",
                profile = "default"
        )
        @DisplayName("gauntlet/demoStall/large-8llc-nosmt/default")
        void default_(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-8llc-nosmt",
                profile = "llc"
        )
        @DisplayName("gauntlet/demoStall/large-8llc-nosmt/llc")
        void llc(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }

        @KtstrVariants(
                test = "acme.MixedTest#demoStall",
                preset = "large-8llc-nosmt",
                profile = "llc+reject-pin"
        )
        @DisplayName("gauntlet/demoStall/large-8llc-nosmt/llc+reject-pin")
        void llc_rejectPin(KtstrVariant variant) throws Throwable {
            MixedTest_demoStall_GauntletIT.test(variant);
        }
    }
}
