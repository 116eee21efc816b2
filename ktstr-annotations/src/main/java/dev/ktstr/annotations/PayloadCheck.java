package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A limit on a figure of a payload, as a value of {@link Payload#checks()}. With neither {@link #min()} nor {@link #max()}
 * the figure has to be there.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface PayloadCheck {
    /** Name of the figure, or {@code exit-code} for the exit code. */
    String metric();

    /** Smallest value that passes. */
    double min() default Double.NEGATIVE_INFINITY;

    /** Largest value that passes. */
    double max() default Double.POSITIVE_INFINITY;
}
