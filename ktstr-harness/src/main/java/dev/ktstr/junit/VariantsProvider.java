package dev.ktstr.junit;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.kernel.KernelImage;
import dev.ktstr.run.KernelsInForce;
import dev.ktstr.run.Options;
import dev.ktstr.run.Shape;
import dev.ktstr.run.TestEntry;
import dev.ktstr.select.Candidate;
import dev.ktstr.select.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestTemplateInvocationContext;
import org.junit.jupiter.api.extension.TestTemplateInvocationContextProvider;
import org.junit.platform.commons.support.AnnotationSupport;

/** Makes the invocations of a generated method: one for each kernel in force, and for each profile where none is named. */
final class VariantsProvider implements TestTemplateInvocationContextProvider {
    @Override
    public boolean supportsTestTemplate(ExtensionContext context) {
        return AnnotationSupport.isAnnotated(context.getTestMethod(), KtstrVariants.class);
    }

    @Override
    public Stream<TestTemplateInvocationContext> provideTestTemplateInvocationContexts(ExtensionContext context) {
        KtstrVariants variants = AnnotationSupport.findAnnotation(context.getTestMethod(), KtstrVariants.class)
                .orElseThrow();
        return invocations(variants, Options.ofProcess(), loader()).stream().map(Invocation::new);
    }

    static ClassLoader loader() {
        return Optional.ofNullable(Thread.currentThread().getContextClassLoader())
                .orElse(VariantsProvider.class.getClassLoader());
    }

    /** The variants that a method stands for, whether they are taken or not. */
    static List<Candidate> candidates(KtstrVariants variants, Options options, ClassLoader loader) {
        KernelsInForce kernels = RunState.kernels(options);
        TestEntry test = RunState.registry(loader).test(variants.test());
        List<Candidate> all = new ArrayList<>();
        for (Shape shape : shapes(variants, test)) {
            kernels.labels(test).forEach(label -> all.add(new Candidate(shape, label, kernels.several())));
        }
        return all;
    }

    private static List<Shape> shapes(KtstrVariants variants, TestEntry test) {
        boolean every = !variants.preset().isEmpty() && variants.profile().isEmpty();
        return every
                ? test.gauntlet().profiles().stream()
                        .map(profile -> Shape.named(test, variants.preset(), profile.name()))
                        .toList()
                : List.of(Shape.named(test, variants.preset(), variants.profile()));
    }

    static List<KtstrVariant> invocations(KtstrVariants variants, Options options, ClassLoader loader) {
        Wanted.requireKnown(options.get("groups"));
        KernelsInForce kernels;
        try {
            kernels = RunState.kernels(options);
        } catch (KernelException e) {
            // Each variant's run looks for its kernel itself then, and reports the failure with a result file.
            TestEntry test = RunState.registry(loader).test(variants.test());
            return shapes(variants, test).stream()
                    .map(shape -> new KtstrVariant(shape, Optional.empty(), "", Optional.empty()))
                    .toList();
        }
        Optional<Selection> selection = RunState.selection(options, loader);
        List<Candidate> all = candidates(variants, options, loader);
        List<Candidate> taken = all.stream()
                .filter(c -> selection.isEmpty() || selection.get().takes(c))
                .toList();
        // Only a launcher without our filter comes here with nothing to run; JUnit wants one invocation at least.
        Optional<String> leftOut = taken.isEmpty()
                ? Optional.of("left out by -Dktstr.budget or -Dktstr.shard; 'mvn ktstr:list' says why")
                : Optional.empty();
        return (taken.isEmpty() ? all.subList(0, 1) : taken)
                .stream()
                        .map(c -> new KtstrVariant(
                                c.shape(), kernel(kernels, c), kernels.several() ? c.kernel() : "", leftOut))
                        .toList();
    }

    private static Optional<KernelImage> kernel(KernelsInForce kernels, Candidate candidate) {
        return Optional.ofNullable(kernels.byLabel().get(candidate.kernel()));
    }

    /** One variant: its name, and the value of the method's parameter. */
    private record Invocation(KtstrVariant variant) implements TestTemplateInvocationContext {
        @Override
        public String getDisplayName(int index) {
            return variant.toString();
        }

        @Override
        public List<Extension> getAdditionalExtensions() {
            return List.of(new ParameterResolver() {
                @Override
                public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
                    return parameter.getParameter().getType() == KtstrVariant.class;
                }

                @Override
                public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
                    return variant;
                }
            });
        }
    }
}
