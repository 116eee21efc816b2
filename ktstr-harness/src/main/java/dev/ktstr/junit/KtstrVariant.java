package dev.ktstr.junit;

import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.Shape;
import java.util.Optional;

/** One variant of a test, handed to a generated method and by it to {@link KtstrRunner}. */
public final class KtstrVariant {
    private final Shape shape;
    private final Optional<KernelImage> kernel;
    private final String kernelLabel;
    private final Optional<String> leftOut;

    KtstrVariant(Shape shape, Optional<KernelImage> kernel, String kernelLabel, Optional<String> leftOut) {
        this.shape = shape;
        this.kernel = kernel;
        this.kernelLabel = kernelLabel;
        this.leftOut = leftOut;
    }

    Shape shape() {
        return shape;
    }

    /** The kernel; empty for whatever is in force. */
    Optional<KernelImage> kernel() {
        return kernel;
    }

    String kernelLabel() {
        return kernelLabel;
    }

    /** Why it is not run although JUnit was not told to leave it out. */
    Optional<String> leftOut() {
        return leftOut;
    }

    /** Its name, as JUnit shows it. */
    @Override
    public String toString() {
        return dev.ktstr.run.Variant.displayName(shape, kernelLabel);
    }
}
