package dev.ktstr.junit;

import dev.ktstr.AssertResult;
import dev.ktstr.Ctx;

public final class KtstrRunner {
    private KtstrRunner() {}

    public interface TestBody {
        AssertResult run(Ctx ctx) throws Throwable;
    }

    public interface VoidTestBody {
        void run(Ctx ctx) throws Throwable;
    }

    public static void run(String testId, TestBody body) throws Throwable {}

    public static void runVoid(String testId, VoidTestBody body) throws Throwable {}
}
