package dev.ktstr.processor;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreePath;
import com.sun.source.util.Trees;
import dev.ktstr.processor.model.Location;
import dev.ktstr.rules.Finding;
import dev.ktstr.rules.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.annotation.processing.ProcessingEnvironment;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import org.jspecify.annotations.Nullable;

/**
 * Sorts findings by file and by their place in it. Under javac by position; other compilers do not tell positions (and print
 * problems by file and line themselves), so there by the order of types and members.
 */
final class SourceOrder {
    private final @Nullable Trees trees;

    private SourceOrder(@Nullable Trees trees) {
        this.trees = trees;
    }

    static boolean isJavac(ProcessingEnvironment environment) {
        return of(environment).trees != null;
    }

    static SourceOrder of(ProcessingEnvironment environment) {
        try {
            return new SourceOrder(Trees.instance(environment));
        } catch (IllegalArgumentException | LinkageError notJavac) {
            return new SourceOrder(null);
        }
    }

    /** Returns the findings in the order of printing. */
    List<Finding> sort(List<Finding> findings) {
        Map<Finding, Key> keys =
                findings.stream().distinct().collect(Collectors.toMap(f -> f, f -> key(f.place()), (a, b) -> a));
        return findings.stream()
                .sorted(Comparator.comparing((Finding f) -> keys.getOrDefault(f, Key.NOWHERE))
                        .thenComparing(Finding::code))
                .toList();
    }

    private Key key(Place place) {
        if (!(place instanceof Location at)) {
            return Key.NOWHERE;
        }
        Key exact = trees == null ? null : position(trees, at);
        return exact == null ? structure(at) : exact;
    }

    private static @Nullable Key position(Trees trees, Location at) {
        TreePath path = at.mirror() == null ? null : trees.getPath(at.element(), at.mirror(), at.value());
        if (path == null) {
            path = trees.getPath(at.element());
        }
        if (path == null) {
            return null;
        }
        CompilationUnitTree unit = path.getCompilationUnit();
        Tree leaf = path.getLeaf();
        long start = trees.getSourcePositions().getStartPosition(unit, leaf);
        return new Key(unit.getSourceFile().toUri().toString(), List.of((int) start));
    }

    /** The top-level type, the index of each member on the way, and the index of the attribute. */
    private static Key structure(Location at) {
        List<Integer> indices = new ArrayList<>();
        Element e = at.element();
        while (!(e instanceof TypeElement && e.getEnclosingElement().getKind() == ElementKind.PACKAGE)) {
            Element outer = e.getEnclosingElement();
            if (outer == null) {
                break;
            }
            indices.add(0, outer.getEnclosedElements().indexOf(e));
            e = outer;
        }
        int attribute = at.mirror() == null
                ? -1
                : new ArrayList<>(at.mirror().getElementValues().values()).indexOf(at.value());
        indices.add(attribute);
        return new Key(e.toString(), List.copyOf(indices));
    }

    private record Key(String file, List<Integer> indices) implements Comparable<Key> {
        static final Key NOWHERE = new Key("", List.of());

        @Override
        public int compareTo(Key other) {
            int byFile = file.compareTo(other.file);
            if (byFile != 0) {
                return byFile;
            }
            int common = Math.min(indices.size(), other.indices.size());
            return IntStream.range(0, common)
                    .map(i -> indices.get(i).compareTo(other.indices.get(i)))
                    .filter(c -> c != 0)
                    .findFirst()
                    .orElse(Integer.compare(indices.size(), other.indices.size()));
        }
    }
}
