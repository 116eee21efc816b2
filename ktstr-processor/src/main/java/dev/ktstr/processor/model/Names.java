package dev.ktstr.processor.model;

/** Qualified names of the types the processor knows; compared as text, so the processor depends on none of them. */
public final class Names {
    public static final String KTSTR_TEST = "dev.ktstr.annotations.KtstrTest";
    public static final String SCHEDULER = "dev.ktstr.annotations.Scheduler";
    public static final String FLAG = "dev.ktstr.annotations.Flag";
    public static final String EEVDF = "dev.ktstr.annotations.Eevdf";
    public static final String PAYLOAD = "dev.ktstr.annotations.Payload";
    public static final String CLAIMABLE = "dev.ktstr.annotations.Claimable";
    public static final String CTX = "dev.ktstr.Ctx";
    public static final String ASSERT_RESULT = "dev.ktstr.AssertResult";

    public static final String VM_RESULT = "dev.ktstr.VmResult";
    public static final String SCHEDULER_DEFINITION = "dev.ktstr.SchedulerDefinition";
    public static final String CONTINUATION = "kotlin.coroutines.Continuation";

    private Names() {}
}
