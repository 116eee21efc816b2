package dev.ktstr.run;

import dev.ktstr.kernel.KernelImage;
import dev.ktstr.spec.KernelSpec;
import java.util.List;
import java.util.Optional;

/** Why a variant is skipped before anything boots, if it is. */
public final class Applicability {
    private Applicability() {}

    /** What is known without looking at the host: attributes that cannot be acted upon yet, and the kernel. */
    public static Optional<String> withoutHost(Shape shape, Optional<KernelImage> kernel) {
        List<String> pending = Pending.skipping(shape.test().pending());
        if (!pending.isEmpty()) {
            return Optional.of(String.join("; ", pending));
        }
        return kernel.flatMap(image -> refusedKernel(shape, image));
    }

    /**
     * As {@link #withoutHost}, and what this host can give. Only presets are skipped for the host's sake, and what needs CPUs of
     * the host of its own: another topology that a test asks for itself is tried, and fails with the reason.
     */
    public static Optional<String> on(Host host, Shape shape, Optional<KernelImage> kernel, Options options) {
        Optional<String> first = withoutHost(shape, kernel).or(() -> PerformanceMode.refusal(host, shape, options));
        if (first.isPresent() || !shape.onPreset()) {
            return first;
        }
        return host.refuses(shape.topology(), shape.memoryMb(), options)
                .map(reason -> "preset " + shape.preset() + " (" + shape.topology() + ") " + reason);
    }

    private static Optional<String> refusedKernel(Shape shape, KernelImage kernel) {
        List<String> specs = shape.scheduler().map(SchedulerEntry::kernels).orElse(List.of());
        boolean accepted = specs.isEmpty()
                || specs.stream().anyMatch(spec -> KernelSpec.parse(spec).accepts(kernel.version()));
        return accepted
                ? Optional.empty()
                : Optional.of("kernel " + kernel.version() + " is none of those that scheduler '"
                        + shape.scheduler().orElseThrow().name() + "' is for: kernels = " + String.join(", ", specs));
    }
}
