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

    /** See {@link KtstrTest#maxImbalanceRatio()}; a ratio. */
    double maxImbalanceRatio() default 4.0;

    /** See {@link KtstrTest#maxLocalDsqDepth()}; tasks. */
    int maxLocalDsqDepth() default 50;

    /** See {@link KtstrTest#failOnStall()}. */
    boolean failOnStall() default true;

    /** See {@link KtstrTest#sustainedSamples()}; samples, about 100 ms apart. */
    int sustainedSamples() default 5;

    /** See {@link KtstrTest#maxFallbackRate()}; events per second. */
    double maxFallbackRate() default 200.0;

    /** See {@link KtstrTest#maxKeepLastRate()}; events per second. */
    double maxKeepLastRate() default 100.0;

    /** See {@link KtstrTest#maxP99WakeLatencyNs()}; nanoseconds. */
    long maxP99WakeLatencyNs() default Long.MAX_VALUE;

    /** See {@link KtstrTest#maxWakeLatencyCv()}; a ratio. */
    double maxWakeLatencyCv() default Double.NaN;

    /** See {@link KtstrTest#minIterationRate()}; iterations per wall second. */
    double minIterationRate() default Double.NaN;

    /** See {@link KtstrTest#maxMigrationRatio()}; migrations per iteration. */
    double maxMigrationRatio() default Double.NaN;

    /** See {@link KtstrTest#minPageLocality()}; 0 to 1. */
    double minPageLocality() default Double.NaN;

    /** See {@link KtstrTest#maxCrossNodeMigrationRatio()}; 0 to 1. */
    double maxCrossNodeMigrationRatio() default Double.NaN;

    /** See {@link KtstrTest#maxSlowTierRatio()}; 0 to 1. */
    double maxSlowTierRatio() default Double.NaN;
}
