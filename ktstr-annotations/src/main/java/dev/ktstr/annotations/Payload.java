package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a program that runs in the guest beside or instead of workers, on a class that {@link KtstrTest#payload()} or
 * {@link KtstrTest#workloads()} names.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Payload {
    /** Name in reports, unique in a module; the class name in kebab-case when it is not written. */
    String name() default "";

    /** The program, required: a file name looked up like a scheduler's, or a path. */
    String binary() default "";

    /** Arguments it gets where a test gives none. */
    String[] defaultArgs() default {};

    /** What its result is read from. */
    PayloadOutput output() default PayloadOutput.EXIT_CODE;

    /** What is known about the figures in its output. */
    Metric[] metrics() default {};

    /** Limits on its figures and its exit code. */
    PayloadCheck[] checks() default {};

    /** Host files that are put into the guest for it. */
    String[] includeFiles() default {};
}
