package dev.ktstr.junit;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.run.Options;
import dev.ktstr.run.RunException;
import dev.ktstr.select.Selection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.PostDiscoveryFilter;

/**
 * Leaves out the variants that a run does not take: those with a tag that nobody asked for, and those that the budget and the
 * shard leave to others. Found as a service by every launcher, so it is the same in surefire, failsafe and an IDE. Touches
 * nothing but methods with {@link KtstrVariants}.
 */
public final class SelectionFilter implements PostDiscoveryFilter {
    @Override
    public FilterResult apply(TestDescriptor descriptor) {
        if (descriptor.isRoot()) {
            openWhatIsNamed(descriptor);
            return FilterResult.included("an engine");
        }
        Optional<KtstrVariants> variants = variants(descriptor);
        if (variants.isEmpty()) {
            return FilterResult.included("no ktstr test");
        }
        Set<String> tags = tags(descriptor);
        if (!RunState.wanted().accepts(tags)) {
            return FilterResult.excluded("tagged " + tags + ", which this run does not ask for");
        }
        return isTaken(variants.get())
                ? FilterResult.included("taken")
                : FilterResult.excluded("left out by -Dktstr.budget or -Dktstr.shard");
    }

    /** Where all that a person named is tagged, by class or by method, the tags need not be asked for besides. */
    private static void openWhatIsNamed(TestDescriptor root) {
        if (!RunState.namesTests()) {
            return;
        }
        List<Set<String>> tags = root.getDescendants().stream()
                .filter(d -> variants(d).isPresent() && RunState.passesFilters(d))
                .map(SelectionFilter::tags)
                .toList();
        boolean allTagged = !tags.isEmpty()
                && tags.stream().noneMatch(t -> RunState.wanted().accepts(t));
        if (allTagged) {
            Set<String> all = new HashSet<>();
            tags.forEach(all::addAll);
            RunState.want(RunState.wanted().with(all));
        }
    }

    private static boolean isTaken(KtstrVariants variants) {
        Options options = Options.ofProcess();
        ClassLoader loader = VariantsProvider.loader();
        try {
            Optional<Selection> selection = RunState.selection(options, loader);
            return selection.isEmpty()
                    || VariantsProvider.candidates(variants, options, loader).stream()
                            .anyMatch(selection.get()::takes);
        } catch (RunException | KernelException e) {
            // The test itself says it, where a person sees it: an exception here would end the launcher instead.
            return true;
        }
    }

    static Optional<KtstrVariants> variants(TestDescriptor descriptor) {
        return descriptor
                .getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getJavaMethod())
                .flatMap(method -> AnnotationSupport.findAnnotation(method, KtstrVariants.class));
    }

    private static Set<String> tags(TestDescriptor descriptor) {
        return descriptor.getTags().stream().map(TestTag::getName).collect(Collectors.toSet());
    }
}
