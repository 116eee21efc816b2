package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A value that the host writes into a global variable of the scheduler after it has loaded, as a value of
 * {@link KtstrTest#bpfMapWrite()}. Exactly one of {@link #variable()} and {@link #offset()} says where.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target({})
public @interface BpfMapWrite {
    /** Name of the BPF map that holds the variable, such as {@code .bss} or {@code .data}, whole or its end. */
    String map();

    /** Name of the global variable; its place comes from the scheduler's BTF. */
    String variable() default "";

    /** Offset in bytes from the start of the map's value, a multiple of 4. */
    int offset() default 0;

    /** The 32 bits to write, 0 to 4294967295. */
    long value();
}
