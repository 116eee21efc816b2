package dev.ktstr.junit;

import dev.ktstr.kernel.KernelException;
import dev.ktstr.run.BootsAhead;
import dev.ktstr.run.Options;
import dev.ktstr.run.RunException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Sees what a run is going to do, so that templates can be made ahead of the variants that need them. Found as a service. */
public final class PlanWatch implements TestExecutionListener {
    /** For each method of the plan, the place of its next variant. */
    private final Map<UniqueId, AtomicInteger> places = new ConcurrentHashMap<>();

    private final Function<List<BootsAhead.Coming>, Optional<? extends Ahead>> starter;
    private volatile Optional<? extends Ahead> ahead = Optional.empty();

    /** What is told how far the run has come. */
    interface Ahead {
        void reached(int index);

        void close();
    }

    /** For the launcher. */
    public PlanWatch() {
        this(coming ->
                BootsAhead.start(coming, Options.ofProcess(), Path.of("")).map(Booting::new));
    }

    PlanWatch(Function<List<BootsAhead.Coming>, Optional<? extends Ahead>> starter) {
        this.starter = starter;
    }

    private record Booting(BootsAhead boots) implements Ahead {
        @Override
        public void reached(int index) {
            boots.reached(index);
        }

        @Override
        public void close() {
            boots.close();
        }
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        places.clear();
        List<BootsAhead.Coming> coming = new ArrayList<>();
        try {
            for (TestIdentifier root : plan.getRoots()) {
                collect(plan, root, coming);
            }
            ahead = starter.apply(coming);
        } catch (RunException | KernelException e) {
            // The tests themselves say it, where a person sees it.
            ahead = Optional.empty();
        }
    }

    private void collect(TestPlan plan, TestIdentifier item, List<BootsAhead.Coming> coming) {
        Optional<KtstrVariants> variants = item.getSource()
                .filter(MethodSource.class::isInstance)
                .flatMap(source ->
                        AnnotationSupport.findAnnotation(((MethodSource) source).getJavaMethod(), KtstrVariants.class));
        if (variants.isPresent()) {
            places.put(item.getUniqueIdObject(), new AtomicInteger(coming.size()));
            for (KtstrVariant variant :
                    VariantsProvider.invocations(variants.get(), Options.ofProcess(), VariantsProvider.loader())) {
                coming.add(new BootsAhead.Coming(variant.shape(), variant.kernel()));
            }
        }
        for (TestIdentifier child : plan.getChildren(item)) {
            collect(plan, child, coming);
        }
    }

    @Override
    public void executionStarted(TestIdentifier item) {
        AtomicInteger place = item.getParentIdObject().map(places::get).orElse(null);
        if (place != null) {
            int index = place.getAndIncrement();
            ahead.ifPresent(boots -> boots.reached(index));
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        ahead.ifPresent(Ahead::close);
        ahead = Optional.empty();
    }
}
