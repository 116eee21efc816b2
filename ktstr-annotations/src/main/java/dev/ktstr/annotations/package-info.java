/**
 * The annotations a test author writes: {@link dev.ktstr.annotations.KtstrTest} on a test method,
 * {@link dev.ktstr.annotations.Scheduler} and {@link dev.ktstr.annotations.Flag} on the scheduler under test.
 *
 * <p>An attribute that is not written is inherited: a test takes it from its scheduler where the scheduler has it, and
 * from the default otherwise. "Written" means present in the source. Writing an attribute with its default value is
 * therefore not the same as leaving it out: {@code llcs = 1} on a test overrides a scheduler that asks for four.
 *
 * <p>Nothing here is kept at run time. The annotation processor checks every value and writes the resolved ones to
 * {@code META-INF/ktstr/registry.json}, which is what the harness and the Maven plugin read.
 */
package dev.ktstr.annotations;
