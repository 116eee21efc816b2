package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Thresholds for every test of a scheduler, as the value of {@link Scheduler#checks()}. The attributes are those of
 * {@link KtstrTest}, where the same attribute wins when it is written.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface Checks {
    /** See {@link KtstrTest#notStarved()}. */
    boolean notStarved() default true;

    /** See {@link KtstrTest#isolation()}. */
    boolean isolation() default false;

    /** See {@link KtstrTest#maxGapMs()}; milliseconds. */
    int maxGapMs() default 2000;

    /** See {@link KtstrTest#maxSpreadPct()}; percentage points. */
    double maxSpreadPct() default 15.0;

    /** See {@link KtstrTest#maxThroughputCv()}; a ratio. */
    double maxThroughputCv() default Double.NaN;

    /** See {@link KtstrTest#minWorkRate()}; work units per CPU second. */
    double minWorkRate() default Double.NaN;
}
