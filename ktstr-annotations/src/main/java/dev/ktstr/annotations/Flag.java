package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a flag of a scheduler, on a constant of its {@link Scheduler} enum. The flag's name is the constant in
 * kebab-case: {@code REJECT_PIN} is {@code reject-pin}.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.FIELD)
public @interface Flag {
    /** Arguments that switch the flag on. */
    String[] args() default {};

    /** Constants of the same enum this flag cannot be used without, by name: {@code requires = "LLC"}. */
    String[] requires() default {};
}
