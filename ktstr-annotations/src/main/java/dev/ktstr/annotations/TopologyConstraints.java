package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Which presets the gauntlet takes for every test of a scheduler, as the value of {@link Scheduler#constraints()}. The
 * attributes are those of {@link KtstrTest}, where the same attribute wins when it is written. Bounds are inclusive.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface TopologyConstraints {
    /** Fewest last-level caches. */
    int minLlcs() default 1;

    /** Most last-level caches. */
    int maxLlcs() default 12;

    /** Fewest CPUs. */
    int minCpus() default 1;

    /** Most CPUs. */
    int maxCpus() default 192;

    /** Fewest NUMA nodes. */
    int minNumaNodes() default 1;

    /** Most NUMA nodes. */
    int maxNumaNodes() default 1;

    /** Whether only presets with more than one thread per core are taken. */
    boolean requiresSmt() default false;
}
