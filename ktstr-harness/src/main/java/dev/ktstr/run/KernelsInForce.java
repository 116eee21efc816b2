package dev.ktstr.run;

import dev.ktstr.kernel.KernelDiscovery;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.spec.KernelLabel;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The kernels that a run is to be repeated on, each with a name that tells it from the others. */
public final class KernelsInForce {
    private final Map<String, KernelImage> byLabel = new LinkedHashMap<>();

    private KernelsInForce(List<KernelImage> kernels) {
        List<String> labels =
                kernels.stream().map(k -> KernelLabel.of(k.label())).toList();
        for (int i = 0; i < kernels.size(); i++) {
            KernelImage kernel = kernels.get(i);
            String label = labels.get(i);
            if (labels.stream().filter(label::equals).count() > 1) {
                label = KernelLabel.of(kernel.version());
            }
            boolean taken = byLabel.containsKey(label);
            byLabel.put(taken ? label + "_" + kernel.sha256().substring(0, 8) : label, kernel);
        }
    }

    /** Kernels that are there. */
    public static KernelsInForce of(List<KernelImage> kernels) {
        return new KernelsInForce(kernels);
    }

    /**
     * Finds them: those that {@code ktstr.kernel} lists, or the one that is found without it.
     *
     * @throws dev.ktstr.kernel.KernelException when one of them is not there
     */
    public static KernelsInForce find(Options options) {
        return of(KernelDiscovery.standard().findAll(options.get("kernel").orElse(null)));
    }

    /** By label, {@code kernel_6_14_2}, in the order asked for; at least one. */
    public Map<String, KernelImage> byLabel() {
        return byLabel;
    }

    /** Whether there is more than one. */
    public boolean several() {
        return byLabel.size() > 1;
    }

    /** The labels that make a test's variants: each kernel's, or one empty label for a test that boots none. */
    public List<String> labels(TestEntry test) {
        return test.hostOnly() ? List.of("") : new ArrayList<>(byLabel.keySet());
    }
}
