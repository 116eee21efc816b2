/**
 * The rules for what users declare, over plain values: the annotation processor applies them to annotations at compile time,
 * and {@code dev.ktstr.Schedulers} applies them at run time to schedulers whose definition is computed. One rule set, the same
 * codes, the same words.
 *
 * <p>A rule never stops another one, and reports where a value is <em>written</em>: what is inherited was reported there.
 */
package dev.ktstr.rules;
