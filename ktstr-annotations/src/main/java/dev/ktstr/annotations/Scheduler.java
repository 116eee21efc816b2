package dev.ktstr.annotations;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares a scheduler under test, on an enum whose constants are its flags (each with a {@link Flag}), or on an
 * interface or class when it has none.
 *
 * <p>Exactly one of {@link #binary()}, {@link #binaryPath()}, {@link #kernelBuiltinEnable()} and {@link #from()} says what the
 * scheduler is. Its arguments are those for the configuration file, those for {@link #cgroupParent()}, {@link #schedArgs()},
 * the test's {@link KtstrTest#extraSchedArgs()}, and those of the profile's flags.
 *
 * <p>For an enum {@code Mitosis} with flags a class {@code MitosisFlags} is generated, with a constant per flag to write in
 * {@link KtstrTest#requiredFlags()}.
 */
@Documented
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface Scheduler {
    /** Name in reports, required and unique in a module. {@code eevdf} means the kernel's own and is reserved. */
    String name() default "";

    /** File name of the scheduler's program, looked up by name in the project and on the PATH. */
    String binary() default "";

    /** Path of the scheduler's program on the host, absolute or relative to the project's folder. */
    String binaryPath() default "";

    /** Shell commands that switch on, in the guest, a scheduler that is part of the kernel. */
    String[] kernelBuiltinEnable() default {};

    /** Shell commands that switch it off again. */
    String[] kernelBuiltinDisable() default {};

    /**
     * Class that holds the scheduler's definition as a constant, for one whose definition is computed
     * ({@code dev.ktstr.Schedulers.define}). What is written here wins over the definition; name, topology, constraints, checks,
     * kernels and flags are needed at compile time and stand here only.
     */
    Class<?> from() default void.class;

    /** Name of the constant in {@link #from()}: a static field that is not private. */
    String constant() default "";

    /** Topology that tests of this scheduler inherit where they write none. */
    Topology topology() default @Topology;

    /** Arguments the scheduler is always started with. */
    String[] schedArgs() default {};

    /**
     * Kernels that the scheduler runs on, by version, series or range: {@code "6.14"}, {@code "6.15..=7.0"}. All when empty.
     */
    String[] kernels() default {};

    /** Kernel parameters set in the guest before the scheduler starts. */
    Sysctl[] sysctls() default {};

    /** Words added to the guest's kernel command line; the harness's own (such as {@code init=}) are refused. */
    String[] kargs() default {};

    /**
     * The cgroup that the scheduler manages, an absolute path below the cgroup root; given to it as
     * {@code --cell-parent-cgroup}.
     */
    String cgroupParent() default "";

    /**
     * Host file with the scheduler's configuration; put into the guest, and {@code --config} with its path there comes
     * first among the arguments.
     */
    String configFile() default "";

    /**
     * Arguments for a configuration that each test writes in {@link KtstrTest#config()}; {@code {file}} stands for its path.
     */
    String configFileArg() default "";

    /** Absolute path in the guest that a test's {@link KtstrTest#config()} is written to. */
    String configFileGuestPath() default "";

    /** Presets that the gauntlet takes for tests of this scheduler. */
    TopologyConstraints constraints() default @TopologyConstraints;

    /** Thresholds that tests of this scheduler inherit where they write none. */
    Checks checks() default @Checks;
}
