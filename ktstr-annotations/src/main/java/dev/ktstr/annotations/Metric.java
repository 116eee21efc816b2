package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A figure in the output of a payload, as a value of {@link Payload#metrics()}. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface Metric {
    /** Name of the figure: its path in the JSON output, joined by dots ({@code jobs.0.read.iops}). */
    String name();

    /** Which direction is the better one. */
    Polarity polarity() default Polarity.UNKNOWN;

    /** Unit in reports. */
    String unit() default "";
}
