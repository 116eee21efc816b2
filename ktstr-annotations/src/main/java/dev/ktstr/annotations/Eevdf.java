package dev.ktstr.annotations;

/**
 * Stands for the kernel's own scheduler, EEVDF: {@code @KtstrTest(scheduler = Eevdf.class)} runs a test without a
 * sched_ext scheduler. It is what a test gets that names none.
 */
public final class Eevdf {
    private Eevdf() {}
}
