package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a scheduler under test, on an enum whose constants are its flags (each with a {@link Flag}), or on an
 * interface or class when it has none.
 *
 * <p>Exactly one of {@link #binary()} and {@link #binaryPath()} says where the program is. Its arguments are
 * {@link #schedArgs()}, then the test's {@link KtstrTest#extraSchedArgs()}, then those of the flags.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Scheduler {
    /** Name in reports, required and unique in a module. {@code eevdf} means the kernel's own and is reserved. */
    String name() default "";

    /** File name of the scheduler's program, looked up by name in the project and on the PATH. */
    String binary() default "";

    /** Path of the scheduler's program on the host, absolute or relative to the project's folder. */
    String binaryPath() default "";

    /** Topology that tests of this scheduler inherit where they write none. */
    Topology topology() default @Topology;

    /** Arguments the scheduler is always started with. */
    String[] schedArgs() default {};

    /** Kernel parameters set in the guest before the scheduler starts. */
    Sysctl[] sysctls() default {};

    /** Words added to the guest's kernel command line; the harness's own (such as {@code init=}) are refused. */
    String[] kargs() default {};

    /** Thresholds that tests of this scheduler inherit where they write none. */
    Checks checks() default @Checks;
}
