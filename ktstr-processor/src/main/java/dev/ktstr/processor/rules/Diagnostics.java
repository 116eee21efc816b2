package dev.ktstr.processor.rules;

import dev.ktstr.processor.model.Location;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.lang.model.element.Element;
import javax.lang.model.element.TypeElement;

/** Collects diagnostics, to be printed together: by type, then by the order of the members in it, then by code,
 * then in the order they were found. */
public final class Diagnostics {
    private static final Comparator<Diagnostic> ORDER = Comparator.comparing(
                    (Diagnostic d) -> typeName(d.location().element()))
            .thenComparing(d -> memberIndex(d.location().element()))
            .thenComparing(Diagnostic::code);

    private final List<Diagnostic> pending = new ArrayList<>();
    private final Set<Element> broken = new HashSet<>();
    private boolean anyError;

    /** Adds one. */
    public void add(Codes code, Location location, String what, String consequence, String hint) {
        pending.add(new Diagnostic(code, what, consequence, hint, location));
        if (code.severity() == Severity.ERROR) {
            anyError = true;
            broken.add(location.element());
        }
    }

    /** Whether an error was ever added. */
    public boolean hasErrors() {
        return anyError;
    }

    /** Whether an error was ever added at this element. */
    public boolean isBroken(Element element) {
        return broken.contains(element);
    }

    /** Returns what was added since the last call, in the order of printing. */
    public List<Diagnostic> drain() {
        List<Diagnostic> sorted = pending.stream().sorted(ORDER).toList();
        pending.clear();
        return sorted;
    }

    private static String typeName(Element element) {
        for (Element e = element; e != null; e = e.getEnclosingElement()) {
            if (e instanceof TypeElement type) {
                return type.getQualifiedName().toString();
            }
        }
        return "";
    }

    /** Position among the members of its type, in source order; -1 for the type itself. */
    private static int memberIndex(Element element) {
        return element instanceof TypeElement
                ? -1
                : element.getEnclosingElement().getEnclosedElements().indexOf(element);
    }
}
