package dev.ktstr;

/**
 * Schedulers whose definition is computed: a program's path that depends on the build, arguments from a file.
 *
 * <pre>{@code
 * class Defs {
 *     static final SchedulerDefinition LAYERED = Schedulers.define("layered")
 *             .binaryPath(System.getProperty("layered", "target/scx_layered"))
 *             .schedArgs("--stats", "1")
 *             .build();
 * }
 *
 * @Scheduler(name = "layered", from = Defs.class, constant = "LAYERED")
 * interface Layered {}
 * }</pre>
 *
 * <p>What the annotation writes wins. Name, topology, constraints, checks, kernels and flags stand in the annotation only,
 * for they are needed when the tests are compiled.
 */
public final class Schedulers {
    private Schedulers() {}

    /**
     * Begins a definition.
     *
     * @param name as in the {@code @Scheduler} that names it
     */
    public static SchedulerDefinition.Builder define(String name) {
        return new SchedulerDefinition.Builder(name);
    }
}
