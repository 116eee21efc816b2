package dev.ktstr.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks a generated method that runs the variants of a test: one invocation for each kernel in force, and for each profile
 * where none is named. Its only parameter is a {@link KtstrVariant}. Written by ktstr-processor, not by hand.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@TestTemplate
@ExtendWith(VariantsProvider.class)
public @interface KtstrVariants {
    /** The test in the registry, {@code acme.MixedTest#mixedWorkloads}. */
    String test();

    /** A preset of the gauntlet; empty for the test's own topology. */
    String preset() default "";

    /** A flag profile; empty for all that the test accepts, or for its first one where there is no preset. */
    String profile() default "";
}
