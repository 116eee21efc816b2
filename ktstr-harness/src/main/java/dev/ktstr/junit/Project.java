package dev.ktstr.junit;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.Applicability;
import dev.ktstr.run.Host;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.Options;
import dev.ktstr.run.Registry;
import dev.ktstr.run.Shape;
import dev.ktstr.run.TestEntry;
import dev.ktstr.select.Candidate;
import dev.ktstr.select.Selection;
import dev.ktstr.select.Shard;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The variants of the project under test, and which of them a run takes. */
public final class Project {
    private final Registry registry;
    private final Options options;
    private final Path baseDir;
    private final KernelsInForce kernels;

    /**
     * The project of a class loader.
     *
     * @param loader sees the project's registry
     * @param kernels the kernels in force
     * @param baseDir what relative paths start from
     */
    public Project(ClassLoader loader, KernelsInForce kernels, Options options, Path baseDir) {
        this.registry = Registry.ofProject(loader);
        this.kernels = kernels;
        this.options = options;
        this.baseDir = baseDir;
    }

    /** Every variant: each test, in its base case and on its presets under its profiles, on each kernel. */
    public List<Candidate> candidates() {
        List<Candidate> all = new ArrayList<>();
        for (TestEntry test : registry.tests()) {
            for (Shape shape : Shape.all(test)) {
                for (String label : kernels.labels(test)) {
                    all.add(new Candidate(shape, label, kernels.several()));
                }
            }
        }
        return all;
    }

    /**
     * Decides what a run takes.
     *
     * @throws dev.ktstr.run.RunException when an option is wrong
     */
    public Selection select(Wanted wanted) {
        // Where jobs share the variants, each must come to the same split whatever host it runs on.
        boolean sharded = Shard.of(options).isPresent();
        Host host = Host.here();
        return Selection.of(
                candidates(),
                wanted::accepts,
                candidate -> {
                    Optional<KernelImage> kernel =
                            Optional.ofNullable(kernels.byLabel().get(candidate.kernel()));
                    return sharded
                            ? Applicability.withoutHost(candidate.shape(), kernel)
                            : Applicability.on(host, candidate.shape(), kernel, options);
                },
                options,
                Selection.costs(options, baseDir));
    }

    /** Finds the kernels in force, or says why there is none. */
    static KernelsInForce kernels(Options options) throws KernelException {
        return KernelsInForce.find(options);
    }
}
