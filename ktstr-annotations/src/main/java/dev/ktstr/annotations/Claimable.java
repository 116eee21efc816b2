package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Generates claims on the values of a record or class: for {@code record Latency(String queue, long p99Us)} a class
 * {@code LatencyClaims}, so that a test says
 *
 * <pre>{@code
 * LatencyClaims.of(claims, latency).p99Us().atMost(50);
 * }</pre>
 *
 * <p>There is one claim for each method that takes nothing and returns something. Its label is the method's name, so a value
 * that is renamed renames its label, and a test that claims something of a value that is gone does not compile.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Claimable {
    /**
     * The method whose value tells one instance from another; it is part of every label: with {@code subject = "queue"} a
     * label is {@code p99Us (queue=rx)}.
     */
    String subject() default "";
}
