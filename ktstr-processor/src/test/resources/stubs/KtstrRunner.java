package dev.ktstr.junit;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;

public final class KtstrRunner {
    public interface TestBody {
        AssertResult run(Ctx ctx) throws Throwable;
    }

    public interface VoidTestBody {
        void run(Ctx ctx) throws Throwable;
    }

    private KtstrRunner() {}

    public static void run(KtstrVariant variant, TestBody body) {}

    public static void runVoid(KtstrVariant variant, VoidTestBody body) {}
}
