package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A kernel parameter to set in the guest, as a value of {@link Scheduler#sysctls()}. */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface Sysctl {
    /** Name with dots, as {@code sysctl(8)} takes it: {@code kernel.sched_schedstats}. */
    String key();

    /** Text written to the parameter's file under {@code /proc/sys}. */
    String value();
}
