package dev.ktstr.junit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** Classes as the processor writes them, with bodies that only note that they were called. */
final class GeneratedIT {
    /** What ran since it was cleared. */
    static final List<String> RAN = Collections.synchronizedList(new ArrayList<>());

    private GeneratedIT() {}

    static class MixedTestKtstrIT {
        @KtstrVariants(test = "acme.MixedTest#mixed")
        @DisplayName("ktstr/mixed")
        void mixed(KtstrVariant variant) {
            RAN.add(variant.toString());
        }

        @Tag("demo")
        @KtstrVariants(test = "acme.MixedTest#demoMixed")
        @DisplayName("ktstr/demoMixed")
        void demoMixed(KtstrVariant variant) {
            RAN.add(variant.toString());
        }
    }

    @Tag("gauntlet")
    @DisplayName("gauntlet/mixed")
    static class MixedTest_mixed_GauntletIT {
        @Nested
        @DisplayName("tiny-1llc")
        class Tiny1llc {
            @KtstrVariants(test = "acme.MixedTest#mixed", preset = "tiny-1llc", profile = "default")
            @DisplayName("gauntlet/mixed/tiny-1llc/default")
            void base(KtstrVariant variant) {
                RAN.add(variant.toString());
            }

            @KtstrVariants(test = "acme.MixedTest#mixed", preset = "tiny-1llc", profile = "steal")
            @DisplayName("gauntlet/mixed/tiny-1llc/steal")
            void steal(KtstrVariant variant) {
                RAN.add(variant.toString());
            }
        }

        @Nested
        @DisplayName("tiny-2llc")
        class Tiny2llc {
            @KtstrVariants(test = "acme.MixedTest#mixed", preset = "tiny-2llc")
            @DisplayName("gauntlet/mixed/tiny-2llc")
            void profiles(KtstrVariant variant) {
                RAN.add(variant.toString());
            }
        }
    }

    /** The user's own test, tagged as ours are: no business of ours. */
    static class TheirsIT {
        @Tag("gauntlet")
        @org.junit.jupiter.api.Test
        void theirs() {
            RAN.add("theirs");
        }
    }
}
