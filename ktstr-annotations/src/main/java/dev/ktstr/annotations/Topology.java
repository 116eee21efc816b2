package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A CPU topology, as the value of {@link Scheduler#topology()}. What is not written has its default, {@code 1n1l2c1t}. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface Topology {
    /** NUMA nodes. */
    int numaNodes() default 1;

    /** Last-level caches over all NUMA nodes, a multiple of {@link #numaNodes()}. */
    int llcs() default 1;

    /** Cores per last-level cache. */
    int cores() default 2;

    /** Hardware threads per core. */
    int threads() default 1;
}
