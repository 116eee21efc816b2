package acme.deep;

import dev.ktstr.Ctx;
import dev.ktstr.annotations.KtstrTest;
import dev.ktstr.annotations.Scheduler;

final class Outer {
    private Outer() {}

    @Scheduler(name = "by-path", binaryPath = "build/scx_path")
    interface Sched {}

    static class Inner<T extends Comparable<T>> {
        @KtstrTest(scheduler = Sched.class)
        void inGeneric(Ctx ctx) {}

        @KtstrTest
        static void $dollar(Ctx ctx) {}
    }

    @Deprecated
    static class Old {
        @KtstrTest
        void inDeprecated(Ctx ctx) {}
    }
}
