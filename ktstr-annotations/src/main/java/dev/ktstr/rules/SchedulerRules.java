package dev.ktstr.rules;

import dev.ktstr.rules.SchedulerModel.Setting;
import dev.ktstr.spec.KernelSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A scheduler has a name, one program, kernels that exist by name, and leaves the harness's kernel arguments alone. */
final class SchedulerRules {
    private static final String KERNEL_SCHEDULER = "eevdf";

    private static final int LONGEST_SPEC = 200;

    private final Findings out;

    SchedulerRules(Findings out) {
        this.out = out;
    }

    void check(SchedulerModel s) {
        checkName(s);
        checkBinary(s);
        checkKernels(s);
        checkCgroupParent(s);
        for (Attribute<String> karg : s.values().strings("kargs")) {
            checkKarg(s, karg);
        }
        Set<String> keys = new HashSet<>();
        for (Setting sysctl : s.sysctls()) {
            checkSysctl(s, sysctl.key(), keys);
        }
    }

    private void checkName(SchedulerModel s) {
        Attribute<String> name = s.values().string("name");
        if (name.value().isBlank()) {
            out.add(
                    Codes.SCHEDULER_NAME_MISSING,
                    name.place(),
                    s.display() + (name.written() ? " has a blank name" : " has no name"),
                    "Reports and sidecars call the scheduler by it",
                    "write name = \"" + suggestedName(s) + "\"");
            return;
        }
        if (name.value().equals(KERNEL_SCHEDULER)) {
            out.add(
                    Codes.SCHEDULER_NAME_RESERVED,
                    name.place(),
                    s.display() + " is named " + KERNEL_SCHEDULER,
                    "That name stands for the kernel's own scheduler in every report",
                    "write another name, such as the program's");
            return;
        }
    }

    private static String suggestedName(SchedulerModel s) {
        return s.type().substring(s.type().lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    /** Exactly one of the ways to say what the scheduler is. */
    private void checkBinary(SchedulerModel s) {
        Attributes values = s.values();
        List<Attribute<?>> sources = new ArrayList<>();
        for (String name : List.of("binary", "binaryPath")) {
            if (!values.string(name).value().isBlank()) {
                sources.add(values.string(name));
            }
        }
        Attribute<List<Attribute<String>>> enable = values.list("kernelBuiltinEnable");
        Attribute<List<Attribute<String>>> disable = values.list("kernelBuiltinDisable");
        if (!enable.value().isEmpty() || !disable.value().isEmpty()) {
            sources.add(enable.value().isEmpty() ? disable : enable);
        }
        if (sources.size() > 1) {
            Attribute<?> second = sources.get(1);
            out.add(
                    Codes.BINARY_SOURCE,
                    second.place(),
                    s.display() + " has both " + describe(sources.get(0)) + " and " + describe(second),
                    "It is not clear which of the two is the scheduler",
                    "drop one of them");
        } else if (sources.isEmpty() && s.definition().isEmpty()) {
            Attribute<String> blank =
                    values.string("binary").written() ? values.string("binary") : values.string("binaryPath");
            out.add(
                    Codes.BINARY_SOURCE,
                    blank.place(),
                    s.display() + " names no program",
                    "The harness does not know what to start",
                    "write binary = \"scx_name\" for one found by name, or binaryPath = \"path/to/it\"");
        }
        if (enable.value().isEmpty() != disable.value().isEmpty()) {
            Attribute<?> there = enable.value().isEmpty() ? disable : enable;
            String missing = enable.value().isEmpty() ? "kernelBuiltinEnable" : "kernelBuiltinDisable";
            out.add(
                    Codes.KERNEL_BUILTIN_HALF,
                    there.place(),
                    s.display() + " has " + there.name() + " and no " + missing,
                    "A scheduler of the kernel is switched on before the scenario and off after it",
                    "write " + missing + " = \"a shell command\" as well");
        }
    }

    private static String describe(Attribute<?> source) {
        return source.value() instanceof String ? source.text() : source.name();
    }

    private void checkKernels(SchedulerModel s) {
        for (Attribute<String> kernel : s.values().strings("kernels")) {
            KernelSpec spec;
            try {
                spec = KernelSpec.parse(kernel.value());
            } catch (IllegalArgumentException e) {
                String why = kernel.value().length() > LONGEST_SPEC ? KernelSpec.GRAMMAR : e.getMessage();
                reportKernel(s, kernel, "does not name a kernel", why);
                continue;
            }
            boolean filter = spec instanceof KernelSpec.Version
                    || spec instanceof KernelSpec.VersionPrefix
                    || spec instanceof KernelSpec.Range;
            if (!filter) {
                reportKernel(
                        s,
                        kernel,
                        "names a place, not a version",
                        "kernels says which versions the scheduler runs on; a kernel from a place is chosen for a run,"
                                + " with -Dktstr.kernel");
            }
        }
    }

    private void reportKernel(SchedulerModel s, Attribute<String> kernel, String problem, String why) {
        String consequence = why.endsWith(".") ? why.substring(0, why.length() - 1) : why;
        out.add(
                Codes.KERNEL_SPEC,
                kernel.place(),
                "kernels of " + s.display() + " hold " + Attribute.quote(kernel.value()) + ", which " + problem,
                Character.toUpperCase(consequence.charAt(0)) + consequence.substring(1),
                "write a version (6.14.2), a series (6.14) or a range (6.12..=6.14)");
    }

    private void checkCgroupParent(SchedulerModel s) {
        Attribute<String> parent = s.values().string("cgroupParent");
        if (!parent.written()) {
            return;
        }
        String path = parent.value();
        String problem = null;
        if (!path.startsWith("/")) {
            problem = "does not start with /";
        } else if (path.replace("/", "").isEmpty()) {
            problem = "is the root, which cannot be given to a scheduler";
        } else if (List.of(path.split("/")).contains("..")) {
            problem = "leads upwards by a \"..\" in it";
        }
        if (problem != null) {
            out.add(
                    Codes.CGROUP_PARENT,
                    parent.place(),
                    parent.text() + " of " + s.display() + " " + problem,
                    "The scheduler gets a cgroup of its own, below the root of the cgroup file system",
                    "write an absolute path such as \"/ktstr\"");
        }
    }

    private void checkKarg(SchedulerModel s, Attribute<String> karg) {
        for (String word : KernelArgs.words(karg.value())) {
            Optional<String> why = KernelArgs.reserved(word);
            if (why.isPresent()) {
                out.add(
                        Codes.KARG_RESERVED,
                        karg.place(),
                        "kargs of " + s.display() + " hold " + Attribute.quote(word) + ", which belongs to the harness",
                        "It cannot be changed: " + why.get(),
                        "drop it from kargs");
            }
        }
    }

    private void checkSysctl(SchedulerModel s, Attribute<String> key, Set<String> seen) {
        String problem = null;
        if (!key.value().matches("[A-Za-z0-9_*-]+([./][A-Za-z0-9_@:*-]+)+")) {
            problem = Attribute.quote(key.value()) + ", which is no name of a kernel parameter";
        } else if (!seen.add(key.value())) {
            problem = Attribute.quote(key.value()) + " twice";
        }
        if (problem != null) {
            out.add(
                    Codes.SYSCTL_KEY,
                    key.place(),
                    "sysctls of " + s.display() + " hold " + problem,
                    "The guest could not be set up the way it is written",
                    "write each key once, with dots: kernel.sched_schedstats");
        }
    }
}
